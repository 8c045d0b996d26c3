/* One cell: the answer, then expected against seen, the layers, the screen, the time, the logs, the files. */

/* Which known deviation it has to do with, and until when. */
function knownText(finding) {
	const entry = finding.known || {};
	const until = fields(entry.until).map(([what, range]) => what === 'date' ? valueText(range) : what + ' ' + valueText(range));

	if (!finding.known && finding.verdict !== 'XFAIL')
		return null;
	return el('p', {}, 'Known deviation ', entry.id ? el('strong', {}, entry.id) : '', ', until ' + (until.join(', ') || 'no date') + '.',
		entry.link ? el('span', { class: 'quiet' }, ' ' + entry.link) : null);
}

function findingRow(finding) {
	const row = [
		mark(finding.verdict),
		[code(finding.field), el('p', { class: 'quiet' }, finding.id)],
		[code(valueText(finding.expected)), finding.same_as ? el('p', { class: 'quiet' }, 'as ' + finding.same_as) : null],
		finding.seen === undefined ? el('span', { class: 'quiet' }, 'not examined')
			: code(valueText(finding.seen), 'seen'),
		[finding.note ? el('p', {}, finding.note) : null,
			knownText(finding),
			el('p', { class: 'quiet' }, finding.source)],
	];
	row.verdict = known(finding.verdict);
	return row;
}

function expectations(detail) {
	const findings = list(detail.findings).slice()
		.sort((a, b) => VERDICTS.indexOf(known(a.verdict)) - VERDICTS.indexOf(known(b.verdict)));

	return section('expected', 'Expected against seen', findings.length
		? table('Expected against seen', ['Verdict', 'Field', 'Expected', 'Seen', 'Reason and source'], findings.map(findingRow), 'findings')
		: el('p', { class: 'quiet' }, 'No expectation was judged: the matrix expects nothing of this cell, or the cell has no report.'));
}

const SCREENS = [
	{ key: 'igd_screen', alt: 'The IGD\u2019s screen in cell ', caption: 'Screenshot of the IGD\u2019s own screen, a VIRTUAL GPU: not hardware' },
	{ key: 'screen', alt: 'The guest\u2019s screen in cell ', caption: 'Screenshot of the guest\u2019s screen, taken by QEMU' },
];

function screenOf(cell, detail, words) {
	const screen = String(detail[words.key] || ''), why = detail[words.key + '_left_out'];

	if (screen.startsWith('data:image/png;base64,'))
		return el('figure', {}, el('img', { src: screen, alt: words.alt + cell.name }), el('figcaption', {}, words.caption));
	return why ? el('p', { class: 'quiet' }, 'The screenshot in the cell\u2019s folder is not on this page: ' + why + '.') : null;
}

function display(cell, detail) {
	const findings = list(detail.findings).filter(f => String(f.field).startsWith('display/'));
	const views = list((detail.views || {}).devices).filter(d => ['edid', 'mode'].includes(d.device));
	const rows = [
		...findings.map(f => [code(f.field), f.seen === undefined ? 'not examined' : code(valueText(f.seen)), 'the guest']),
		...views.flatMap(d => list(detail.views.layers).filter(layer => has(d, layer))
			.map(layer => [DEVICES[d.device], viewCell(d, layer), (LAYERS[layer] || [layer])[0]])),
	];
	const pictures = SCREENS.map(words => screenOf(cell, detail, words)).filter(part => part);

	if (!pictures.length)
		pictures.push(el('p', { class: 'quiet' }, 'No screenshot was taken.'));
	return section('display', 'Display', el('div', { class: 'display' }, pictures.length > 1 ? el('div', {}, pictures) : pictures,
		rows.length ? table('Display', ['Value', 'Seen', 'Seen by'], rows) : null));
}

const EVENT_WORDS = { state: e => 'state ' + e.state, hello: e => 'hello from ' + e.agent, request: e => 'request: ' + e.type,
	ending: e => 'ending: ' + e.ending + (e.detail ? ', ' + e.detail : ''), over: () => 'end of the cell', bye: () => 'bye' };

function eventText(event) {
	const word = Object.prototype.hasOwnProperty.call(EVENT_WORDS, event.what) ? EVENT_WORDS[event.what] : null;

	return word ? word(event) : JSON.stringify(event);
}

function timeLine(detail) {
	const times = fields(detail.times_ms).filter(([, ms]) => typeof ms === 'number' && ms >= 0);
	const total = times.reduce((sum, [, ms]) => sum + ms, 0);
	const events = list(detail.events);

	if (!times.length && !events.length)
		return section('time', 'Time line', el('p', { class: 'quiet' }, 'The cell has no recorded times.'));
	const bar = el('div', { class: 'bar', 'aria-hidden': 'true' }, times.map(([name, ms], i) => el('span', { 'data-i': i % 5 },
		ms > total / 9 ? el('span', {}, name) : null)));
	times.forEach(([, ms], i) => bar.children[i].style.setProperty('flex-grow', String(Math.max(ms, total / 200))));
	return section('time', 'Time line', bar,
		el('ol', { class: 'states' }, times.map(([name, ms], i) => el('li', { 'data-i': i % 5 },
			el('span', { class: 'key' }), name + ' ', el('strong', {}, seconds(ms)))),
		el('li', {}, 'total ', el('strong', {}, seconds(total)))),
		events.length ? el('details', {}, el('summary', {}, plural(events.length, 'event', 'events') + ' of the journal'),
			table('Journal', ['Time', 'Event'], events.map(e => [typeof e.ms === 'number' ? seconds(e.ms) : '', eventText(e)]))) : null);
}

function logMatch(match) {
	return el('li', { class: 'log', 'data-severity': match.severity },
		el('p', {}, el('strong', {}, match.label), ' ', el('span', { class: 'tag' }, match.severity), ' ',
			el('span', { class: 'quiet' }, `layer ${match.layer} \u00b7 ${match.file} line ${match.line}`
				+ (match.count > 1 ? ` and ${match.count - 1} more` : ''))),
		el('pre', { tabindex: '0', role: 'region', 'aria-label': 'Line of ' + match.file }, code(match.text)),
		el('p', {}, match.meaning),
		el('p', {}, el('strong', {}, 'Advice: '), match.advice),
		el('p', { class: 'quiet' }, `${match.known} \u00b7 ${match.reference}`));
}

function logs(detail, run) {
	const found = list(detail.logs);
	const cut = list(detail.logs_cut);

	return section('logs', 'Logs', found.length ? el('ul', { class: 'logs' }, found.map(logMatch))
		: el('p', { class: 'quiet' }, run.patterns ? 'No line matches a pattern.' : 'The logs were not searched: no patterns were given.'),
		cut.length ? el('p', { class: 'quiet' }, 'Only the beginning of these files was searched: ' + cut.join(', ') + '.') : null);
}

function evidence(detail) {
	const files = list(detail.files);

	return section('evidence', 'Evidence', files.length
		? table('Files of the cell', ['File', 'Bytes', 'SHA-256'], files.map(f => [code(f.name),
			Number(f.bytes).toLocaleString('en'), code(f.sha256 || 'could not be read')]), 'evidence')
		: el('p', { class: 'quiet' }, 'The cell has no files.'));
}

function step(cells, at, by, text) {
	const to = cells[at + by];

	return to ? el('a', { href: fragment({ cell: to.name }), rel: by < 0 ? 'prev' : 'next' }, text) : el('span', { class: 'quiet' }, text);
}

/* The page of a cell. The steps lead through the cells that the filter leaves. */
function cellPage(run, cell) {
	const detail = data('cell-' + run.cells.indexOf(cell)) || {};
	const among = run.sorted.filter(matches);
	const at = among.indexOf(cell);

	return el('main', { id: 'cell', class: 'cell' },
		el('nav', { 'aria-label': 'Cells' }, el('a', { href: fragment({ cell: '' }), class: 'back' }, '\u2190 All cells'),
			at < 0 ? null : [step(among, at, -1, 'Previous'), el('span', { class: 'quiet' },
				(at + 1).toLocaleString('en') + ' of ' + among.length.toLocaleString('en')), step(among, at, 1, 'Next')]),
		el('div', { class: 'answer' }, mark(cell.verdict, true), el('div', {},
			el('h1', { tabindex: '-1' }, cell.name),
			el('p', { class: 'cause' }, cell.cause || String(MEANINGS[cell.verdict]).replace(/^./, c => c.toUpperCase()) + '.'),
			cell.not_compared ? el('p', { class: 'cause' }, cell.not_compared) : null,
			el('p', { class: 'quiet' }, [
				cell.layer ? 'look first at ' + cell.layer : '', 'ending ' + (cell.ending || 'none: the cell did not run to its end'),
				...fields(cell.words).map(([axis, word]) => axis + ' ' + valueText(word))].filter(Boolean).join(' \u00b7 ')))),
		notHardware(run),
		expectations(detail), topology(detail), display(cell, detail), timeLine(detail), logs(detail, run), evidence(detail));
}
