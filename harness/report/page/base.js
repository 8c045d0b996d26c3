/*
 * The report's script, one file behind the other, no library, no network. Everything that is drawn
 * comes from the JSON in the page and may be a guest's text: it becomes text nodes and attributes of
 * names that stand here, never markup.
 */
'use strict';

const SVG = 'http://www.w3.org/2000/svg';

/* [{name, meaning}], the worst first: src/verdict.c. */
const MEANINGS = Object.fromEntries(data('verdicts').map(verdict => [verdict.name, verdict.meaning]));
const VERDICTS = Object.keys(MEANINGS);

/*
 * What is no visible character is shown as its number: controls, directions, line separators,
 * unpaired halves. A guest writes no second line and turns no text around.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

function seen(text) {
	return String(text).replace(UNSEEN, c => '\\u{' + c.codePointAt(0).toString(16) + '}');
}

function add(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes || {})) {
		if (value !== null && value !== undefined && value !== false)
			element.setAttribute(name, value === true ? '' : seen(value));
	}
	for (const child of children.flat(Infinity)) {
		if (child === null || child === undefined || child === false)
			continue;
		element.append(child instanceof Node ? child : seen(child));
	}
	return element;
}

function el(name, attributes, ...children) {
	return add(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
	return add(document.createElementNS(SVG, name), attributes, children);
}

/* A value of a finding, as a reader has it. */
function valueText(value) {
	if (value === null || value === undefined)
		return 'nothing';
	return typeof value === 'string' ? value : JSON.stringify(value);
}

function list(value) {
	return Array.isArray(value) ? value : [];
}

function fields(value) {
	return value && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
}

function known(verdict) {
	return VERDICTS.includes(verdict) ? verdict : 'ERROR';
}

/* A verdict: a shape of its own and its word. */
function mark(verdict, large) {
	return el('span', { class: large ? 'verdict large' : 'verdict', 'data-v': known(verdict),
		title: MEANINGS[verdict] },
		el('span', { class: 'shape', 'aria-hidden': 'true' }), el('span', {}, verdict));
}

function plural(count, one, many) {
	return count.toLocaleString('en') + ' ' + (count === 1 ? one : many);
}

function seconds(ms) {
	return (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + ' s';
}

function data(id) {
	const element = document.getElementById(id);

	return element ? JSON.parse(element.textContent) : null;
}

/*
 * What is shown stands in the fragment, so that a link leads to it and Back goes back:
 * #v=FAIL,MISS&q=text&by=axis&cell=name
 */
const state = { verdicts: new Set(), text: '', by: '', cell: '' };

function readFragment() {
	const given = new URLSearchParams(location.hash.slice(1));

	state.verdicts = new Set((given.get('v') || '').split(',').filter(v => VERDICTS.includes(v)));
	state.text = given.get('q') || '';
	state.by = given.get('by') || '';
	state.cell = given.get('cell') || '';
}

function fragment(changes) {
	const now = { ...state, ...changes };
	const given = new URLSearchParams();

	if (now.verdicts.size)
		given.set('v', VERDICTS.filter(v => now.verdicts.has(v)).join(','));
	if (now.text)
		given.set('q', now.text);
	if (now.by)
		given.set('by', now.by);
	if (now.cell)
		given.set('cell', now.cell);
	return '#' + given.toString();
}

/* A table; `rows` are lists of texts or nodes, of which the first names the row. */
function table(caption, columns, rows, className) {
	return el('div', { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0' },
		el('table', { class: className },
			el('caption', { class: 'unseen' }, caption),
			el('thead', {}, el('tr', {}, columns.map(c => el('th', { scope: 'col' }, c)))),
			el('tbody', {}, rows.map(row => el('tr', { 'data-v': row.verdict },
				row.map((entry, i) => i === 0 ? el('th', { scope: 'row' }, entry)
					: el('td', {}, entry)))))));
}

function section(id, title, ...children) {
	return el('section', { 'aria-labelledby': id }, el('h2', { id }, title), children);
}

/* A short one stays on its line. */
function code(text, className) {
	return el('code', { class: [className, String(text).length <= 24 ? 'short' : ''].filter(Boolean).join(' ') || null }, text);
}
