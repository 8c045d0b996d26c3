/* What begins: reads the run, draws the overview once, and a cell whenever the fragment names one. */

(function () {
	const run = data('index');
	const page = document.getElementById('page');
	const title = document.title;
	let scroll = 0, opened = '';

	run.cells = list(run.cells);
	for (const cell of run.cells)
		cell.haystack = [cell.name, cell.verdict, cell.cause, cell.layer, cell.ending, ...list(cell.signs),
			...fields(cell.words).flat()].map(valueText).join('\n').toLowerCase();
	run.sorted = run.cells.slice().sort((a, b) =>
		VERDICTS.indexOf(known(a.verdict)) - VERDICTS.indexOf(known(b.verdict)) || a.index - b.index);
	readFragment();
	const whole = overview(run);
	page.append(el('a', { class: 'skip', href: '#', id: 'skip' }, 'Skip to the cells'), whole);
	document.getElementById('skip').addEventListener('click', event => {
		event.preventDefault();
		(document.querySelector('#cell h1') || document.querySelector('#list a') || whole).focus();
	});
	whole.querySelector('form').addEventListener('submit', event => event.preventDefault());

	function show() {
		const old = document.getElementById('cell');
		const cell = run.cells.find(c => c.name === state.cell);

		if (old)
			old.remove();
		if (cell && !whole.hidden)
			scroll = window.scrollY;
		whole.hidden = Boolean(cell);
		document.title = cell ? cell.verdict + ' \u2013 ' + seen(cell.name) : title;
		if (cell) {
			page.append(cellPage(run, cell));
			window.scrollTo(0, 0);
			document.querySelector('#cell h1').focus({ preventScroll: true });
		} else if (opened) {
			const link = [...whole.querySelectorAll('#list a, .causes a, .tile')].find(a => a.dataset.cell === opened);
			window.scrollTo(0, scroll);
			(link || whole.querySelector('h1')).focus({ preventScroll: true });
		}
		opened = cell ? cell.name : '';
	}

	window.addEventListener('hashchange', () => {
		readFragment();
		document.getElementById('text').value = state.text;
		applyFilter(run);
		show();
	});
	applyFilter(run);
	show();
	document.documentElement.dataset.ready = 'yes';
}());
