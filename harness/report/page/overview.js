/* The overview: the answer first, then the matrix, the cells, and what stands behind the run. */

const CHUNK = 100; /* cells of the list that are drawn at a time */

function cellLink(cell, ...children) {
	return el('a', { href: fragment({ cell: cell.name }), 'data-cell': cell.name }, children);
}

function matches(cell) {
	if (state.verdicts.size && !state.verdicts.has(known(cell.verdict)))
		return false;
	return !state.text || cell.haystack.includes(state.text.toLowerCase());
}

/* What is the fault of the thing under test comes first: it is what the run was for. */
const ORDER = ['FAIL', 'FLAKY', 'ERROR', 'MISS'];

/* Several cells that ended alike are one thing to look at. */
function causes(run) {
	const groups = new Map();

	for (const cell of run.cells) {
		if (!ORDER.includes(cell.verdict))
			continue;
		const key = [cell.verdict, cell.layer, cell.cause].join('\n');
		if (!groups.has(key))
			groups.set(key, []);
		groups.get(key).push(cell);
	}
	return [...groups.values()].sort((a, b) =>
		ORDER.indexOf(a[0].verdict) - ORDER.indexOf(b[0].verdict) || b.length - a.length);
}

function causeEntry(group) {
	const cells = group.slice(0, 3).map((cell, i) => [i ? ', ' : '', cellLink(cell, cell.name)]);

	return el('li', { 'data-v': known(group[0].verdict) }, mark(group[0].verdict), el('div', {},
		el('p', { class: 'cause' }, group[0].cause || 'no cause is recorded'),
		el('p', { class: 'quiet' }, group[0].layer ? [el('strong', {}, 'Look at: ' + group[0].layer), ' \u00b7 '] : null,
			cells, group.length > 3 ? ' and ' + plural(group.length - 3, 'more cell', 'more cells') : '')));
}

function firstLook(run) {
	const groups = causes(run), shown = groups.slice(0, 6);
	const counts = run.counts || {};
	const signs = run.cells.filter(cell => list(cell.signs).length).length;

	if (!groups.length)
		return section('first', 'Look at first', el('p', {}, 'No cell is FAIL, FLAKY, ERROR or MISS.', [
			counts.XFAIL ? ' ' + plural(counts.XFAIL, 'cell has its known deviation', 'cells have their known deviations') + '.' : '',
			counts.SKIP ? ' ' + plural(counts.SKIP, 'cell was', 'cells were') + ' skipped.' : '',
			signs ? ' ' + plural(signs, 'cell passes', 'cells pass') + ' with signs in the logs: the list of cells names them.' : '',
			' All other cells are PASS or DONE.']));
	return section('first', 'Look at first', el('ul', { class: 'causes' }, shown.map(causeEntry)),
		groups.length > shown.length ? el('p', { class: 'quiet' },
			plural(groups.length - shown.length, 'more cause', 'more causes') + ' in the list of cells.') : null);
}

/* Which axes vary, in the order of the matrix, and which are the same in all cells. */
function axesOf(run) {
	const axes = new Map();

	for (const cell of run.cells) {
		for (const [axis, word] of fields(cell.words)) {
			if (!axes.has(axis))
				axes.set(axis, new Set());
			axes.get(axis).add(valueText(word));
		}
	}
	return axes;
}

/* The axis that makes the fullest grid of a size that can be overlooked. */
function columnAxis(run, axes) {
	const varying = [...axes.keys()].filter(axis => axes.get(axis).size > 1);
	let best = varying[varying.length - 1] || [...axes.keys()].pop();
	let area = Infinity;

	if (axes.has(state.by))
		return state.by;
	for (const axis of varying) {
		const rows = new Set(run.cells.map(cell => rowKey(cell, varying.filter(a => a !== axis))));
		const size = axes.get(axis).size;
		if (size <= 16 && rows.size * size <= area) {
			best = axis;
			area = rows.size * size;
		}
	}
	return best;
}

function rowKey(cell, axes) {
	return axes.map(axis => valueText((cell.words || {})[axis])).join('\n');
}

function tile(cell, row, column) {
	return el('a', { class: 'tile', href: fragment({ cell: cell.name }), 'data-v': known(cell.verdict),
		'data-cell': cell.name, 'data-row': row, 'data-column': column, tabindex: '-1',
		'aria-label': cell.verdict + ', ' + cell.name, title: cell.verdict + '  ' + cell.name },
		el('span', { class: 'shape' }));
}

/* A row of the grid: the words of its axes, those like the row above it quiet, then its cells. */
function gridRow(words, before, columns, cells, index) {
	return el('div', { role: 'row', class: 'row' },
		words.map((word, i) => el('span', { role: 'rowheader', class: 'word'
			+ (before && words.slice(0, i + 1).every((w, j) => w === before[j]) ? ' same' : '') }, word)),
		columns.map((column, i) => el('span', { role: 'gridcell' },
			(cells.get(column) || []).map(cell => tile(cell, index, i)))));
}

/* Arrow keys lead from cell to cell; the grid is one stop of the tab key. */
function moveInGrid(event) {
	const from = event.target.closest('.tile');
	const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
	const step = steps[event.key];

	if (!from || !step)
		return;
	const tiles = [...event.currentTarget.querySelectorAll('.tile')];
	const row = Number(from.dataset.row), column = Number(from.dataset.column);
	const ahead = tiles.filter(t => {
		const down = Number(t.dataset.row) - row, right = Number(t.dataset.column) - column;
		return step[0] ? down * step[0] > 0 && right === 0 : right * step[1] > 0 && down === 0;
	});
	const to = step[0] + step[1] > 0 ? ahead[0] : ahead[ahead.length - 1];
	event.preventDefault();
	if (!to)
		return;
	from.tabIndex = -1;
	to.tabIndex = 0;
	to.focus();
}

function grid(run, axes, column) {
	const varying = [...axes.keys()].filter(axis => axes.get(axis).size > 1 && axis !== column);
	const columns = [...axes.get(column)];
	const rows = new Map();

	for (const cell of run.cells) {
		const key = rowKey(cell, varying);
		if (!rows.has(key))
			rows.set(key, { words: varying.map(a => valueText((cell.words || {})[a])), cells: new Map() });
		const cells = rows.get(key).cells;
		const word = valueText((cell.words || {})[column]);
		cells.set(word, [...(cells.get(word) || []), cell]);
	}
	const entries = [...rows.values()];
	const box = el('div', { role: 'grid', class: 'grid', 'aria-label': 'Cells by ' + [...varying, column].join(', '),
		'aria-rowcount': entries.length + 1 },
		el('div', { role: 'row', class: 'row head' },
			varying.map(axis => el('span', { role: 'columnheader', class: 'axis' }, axis)),
			columns.map(word => el('span', { role: 'columnheader', class: 'column' }, word))),
		entries.map((entry, i) => gridRow(entry.words, i ? entries[i - 1].words : null, columns, entry.cells, i)));
	const widths = varying.map(axis =>
		Math.min(18, Math.max(axis.length, ...[...axes.get(axis)].map(w => w.length))) + 2 + 'ch');
	const width = Math.min(14, Math.max(5, ...columns.map(word => word.length + 2)));
	box.style.setProperty('--tracks', [...widths, ...columns.map(() => width + 'ch')].join(' '));
	const first = box.querySelector('.tile');
	if (first)
		first.tabIndex = 0;
	box.addEventListener('keydown', moveInGrid);
	return box;
}

function matrix(run) {
	const axes = axesOf(run);

	if (!axes.size)
		return null;
	const column = columnAxis(run, axes);
	const fixed = [...axes].filter(([axis, words]) => words.size === 1 && axis !== column);
	const choose = el('select', { id: 'by' }, [...axes.keys()].map(axis =>
		el('option', { value: axis, selected: axis === column }, axis)));
	const frame = el('div', { class: 'frame' }, grid(run, axes, column));
	choose.addEventListener('change', () => {
		state.by = choose.value;
		history.replaceState(null, '', fragment({}));
		frame.replaceChildren(grid(run, axes, choose.value));
		applyFilter(run);
	});
	return section('matrix', 'Matrix',
		el('div', { class: 'beside' },
			el('p', { class: 'quiet' }, fixed.length ? 'In all cells: '
				+ fixed.map(([axis, words]) => axis + ' ' + [...words][0]).join(', ') + '.' : 'Arrow keys move from cell to cell.'),
			el('label', { for: 'by' }, 'Columns ', choose)),
		frame);
}

/* A cell that passes is not silent of its logs: harness/report/cell_text.h, render_signs(). */
function signsText(cell) {
	return list(cell.signs).length ? 'signs in its logs: ' + list(cell.signs).map(valueText).join(', ') : '';
}

function cellRow(cell) {
	return el('li', {}, cellLink(cell, mark(cell.verdict), el('span', { class: 'name' }, cell.name),
		el('span', { class: 'cause' }, [cell.cause, cell.not_compared, signsText(cell)].filter(Boolean).join('; ')), cell.layer ? el('span', { class: 'layer' }, cell.layer) : null));
}

/* The list draws CHUNK cells, and the next when its end comes into view. */
const cellList = { element: null, more: null, cells: [], drawn: 0 };

function drawMore() {
	const next = cellList.cells.slice(cellList.drawn, cellList.drawn + CHUNK);

	cellList.element.append(...next.map(cellRow));
	cellList.drawn += next.length;
	cellList.more.hidden = cellList.drawn >= cellList.cells.length;
	cellList.more.textContent = 'Show more: ' + plural(cellList.cells.length - cellList.drawn, 'cell is', 'cells are') + ' left';
}

function applyFilter(run) {
	const tiles = document.querySelectorAll('.tile');

	cellList.cells = run.sorted.filter(matches);
	const names = new Set(cellList.cells.map(cell => cell.name));
	for (const t of tiles)
		t.classList.toggle('off', !names.has(t.dataset.cell));
	cellList.element.replaceChildren();
	cellList.drawn = 0;
	drawMore();
	document.getElementById('shown').textContent =
		plural(cellList.cells.length, 'cell', 'cells') + ' of ' + run.cells.length.toLocaleString('en');
	for (const button of document.querySelectorAll('.filter button[data-v]'))
		button.setAttribute('aria-pressed', String(state.verdicts.has(button.dataset.v)));
	/* Links keep the filter, so that Back comes back to it. */
	for (const link of document.querySelectorAll('#overview a[data-cell]'))
		link.setAttribute('href', fragment({ cell: link.dataset.cell }));
}

function filter(run) {
	const search = el('input', { type: 'search', id: 'text', value: state.text, autocomplete: 'off',
		spellcheck: 'false', placeholder: 'name, cause, word, layer' });
	const buttons = VERDICTS.filter(v => (run.counts || {})[v]).map(v => {
		const button = el('button', { type: 'button', 'data-v': v, 'aria-pressed': 'false', title: MEANINGS[v] },
			mark(v), el('span', { class: 'count' }, run.counts[v].toLocaleString('en')));
		button.addEventListener('click', () => {
			if (!state.verdicts.delete(v))
				state.verdicts.add(v);
			history.replaceState(null, '', fragment({}));
			applyFilter(run);
		});
		return button;
	});
	const all = el('button', { type: 'button', class: 'all' }, 'Clear');
	all.addEventListener('click', () => {
		state.verdicts.clear();
		state.text = search.value = '';
		history.replaceState(null, '', fragment({}));
		applyFilter(run);
	});
	search.addEventListener('input', () => {
		state.text = search.value;
		history.replaceState(null, '', fragment({}));
		applyFilter(run);
	});
	return el('form', { class: 'filter', role: 'search', 'aria-label': 'Filter cells' },
		el('div', { class: 'buttons', role: 'group', 'aria-label': 'Verdicts to show; none pressed: all' }, buttons, all),
		el('label', { for: 'text' }, el('span', { class: 'unseen' }, 'Text'), search),
		el('output', { id: 'shown', 'aria-live': 'polite' }));
}

function cellSection(run) {
	cellList.element = el('ul', { class: 'cells', id: 'list' });
	cellList.more = el('button', { type: 'button', class: 'more' });
	cellList.more.addEventListener('click', drawMore);
	new IntersectionObserver(entries => {
		if (entries.some(entry => entry.isIntersecting) && !cellList.more.hidden)
			drawMore();
	}, { rootMargin: '400px' }).observe(cellList.more);
	return section('cells', 'Cells', cellList.element, cellList.more);
}

function namesOf(run, indices) {
	const cells = list(indices).map(i => run.cells[i]).filter(Boolean);

	return [cells.slice(0, 8).map((cell, i) => [i ? ', ' : '', cellLink(cell, cell.name)]),
		cells.length > 8 ? ' and ' + (cells.length - 8).toLocaleString('en') + ' more' : ''];
}

function deviations(run, key, title, none) {
	const groups = list(run.summary && run.summary[key]);

	if (!groups.length)
		return none ? section(key, title, el('p', { class: 'quiet' }, none)) : null;
	return section(key, title, table(title, ['Known as', 'Expected', 'Seen', 'Why', 'Until', 'Cells'],
		groups.map(group => [
			[group.known || group.id, el('br'), code(group.field)], code(valueText(group.expected)), code(valueText(group.seen)),
			[group.why, el('p', { class: 'quiet' }, group.source)],
			group.until || 'no date', namesOf(run, group.cells)])));
}

function unanswered(run) {
	const groups = list(run.summary && run.summary.unanswered);

	if (!groups.length)
		return section('unanswered', 'Cells without an answer', el('p', { class: 'quiet' }, 'Every cell has an answer.'));
	return section('unanswered', 'Cells without an answer', table('Cells without an answer',
		['Verdict', 'Reason', 'Look at', 'Cells'], groups.map(group =>
			[mark(group.verdict), group.cause, group.layer || '', namesOf(run, group.cells)])));
}

/* Identities, however deep they are. */
function flat(value, path) {
	const inner = Array.isArray(value) && value.some(v => v && typeof v === 'object')
		? value.map((v, i) => [String(i), v]) : fields(value);

	if (!inner.length)
		return path ? [[path, Array.isArray(value) ? value.join(', ') : valueText(value)]] : [];
	return inner.flatMap(([key, v]) => flat(v, path ? path + '.' + key : key));
}

function behind(run) {
	return section('behind', 'Software, host and documents',
		el('details', {}, el('summary', {}, 'Identities of host, Xen, libxl and QEMU'),
			table('Identities', ['Identity', 'Value'], flat(run.identities, '').map(([k, v]) => [code(k), v]))),
		el('details', {}, el('summary', {}, 'Documents and their hashes'),
			table('Documents', ['Document', 'SHA-256'], [
				['matrix that judged: ' + (run.matrix || {}).file, code((run.matrix || {}).sha256 || 'not known')],
				...(run.patterns ? [['patterns: ' + run.patterns.file, code(run.patterns.sha256)]] : []),
				...list(run.files).map(file => [file.name, code(file.sha256 || 'could not be read')])])));
}

/* The machines, or what makes the run no hardware: harness/base/measured_on.h. */
function measuredOn(run) {
	const answer = (run.summary || {}).measured_on || {};

	return (answer.hardware === true ? 'Hardware: ' : '') + list(answer.why).map(entry => entry.text).join('; ');
}

/* A notice, unless it was hardware. */
function notHardware(run) {
	return ((run.summary || {}).measured_on || {}).hardware === true ? null
		: el('p', { class: 'notice', role: 'note' }, el('strong', {}, 'Not hardware.'), ' ', measuredOn(run), '.');
}

function heading(run) {
	const versions = fields((run.identities || {}).versions).map(([name, v]) => name + ' ' + valueText(v));

	return el('header', { class: 'top' },
		el('div', { class: 'answer' }, mark(run.verdict, true),
			el('div', {}, el('h1', { tabindex: '-1' }, (run.matrix || {}).name || 'A run'),
				el('p', {}, (run.matrix || {}).about || ''),
				el('p', { class: 'quiet' }, ['back end ' + (run.identities || {}).backend, ...versions].join(' \u00b7 ')))),
		notHardware(run) || el('p', { class: 'quiet' }, measuredOn(run)));
}

function overview(run) {
	return el('div', { id: 'overview' }, heading(run),
		el('main', { id: 'main' }, filter(run), firstLook(run), matrix(run), cellSection(run),
			deviations(run, 'known', 'Known deviations', 'No known deviation was seen.'),
			deviations(run, 'expired', 'Known deviations past their end', ''),
			deviations(run, 'gone', 'Known deviations that no longer occur', ''), unanswered(run), behind(run)));
}
