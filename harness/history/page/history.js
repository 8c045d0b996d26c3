'use strict';
/* Of a strip only the columns in sight exist, and some beside them: 10,000 runs are as fast as 100. */
const HISTORY = JSON.parse(document.getElementById('data').textContent);
const WORDS = { P: 'PASS', D: 'DONE', S: 'SKIP', X: 'XFAIL', Y: 'FLAKY', F: 'FAIL', E: 'ERROR', M: 'MISS' };
const COLUMN = 14, ROW = 18, BESIDE = 40;
const list = value => Array.isArray(value) ? value : [];

function el(name, attributes, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes || {}))
		if (value !== undefined && value !== null)
			made.setAttribute(key, value);
	made.append(...children);
	return made;
}

/* A path as a relative address: nothing in it is a scheme, a query or a fragment. */
function address(path) {
	const parts = path.split('/').map(encodeURIComponent).join('/');
	return path.startsWith('/') ? 'file://' + parts : './' + parts;
}

const LISTED = new Set();
for (const entry of list(HISTORY.notable))
	if (entry.kind !== 'drift')
		for (const cell of list(entry.cells))
			for (const host of list(entry.hosts))
				LISTED.add([entry.matrix, host, cell].join('\n'));

class Strip {
	constructor(group) {
		this.group = group;
		this.runs = list(group.runs).map(index => HISTORY.runs[index]);
		this.rows = [];
		this.from = this.to = 0;
		this.names = el('div', { class: 'names' });
		this.medians = el('div', { class: 'medians' });
		this.field = el('div', { class: 'field' });
		this.field.style.width = this.runs.length * COLUMN + 'px';
		this.strip = el('div', { class: 'strip', tabindex: '0', 'aria-label': 'runs, the oldest first' }, this.field);
		this.heading = el('h3', {}, group.host + ', ' + group.matrix + ', ' + group.backend + ': ' + this.runs.length + ' runs');
		this.box = el('section', {}, this.heading,
			el('p', { class: 'soft' }, group.not_hardware || ''),
			el('div', { class: 'group' }, this.names, this.strip, this.medians));
		let waiting = false;
		this.strip.addEventListener('scroll', () => {
			if (!waiting)
				requestAnimationFrame(() => { waiting = false; this.draw(false); });
			waiting = true;
		});
		this.strip.addEventListener('keydown', event => this.key(event));
		this.strip.addEventListener('focusin', event => this.tell(event.target));
		this.field.addEventListener('mouseover', event => this.tell(event.target));
	}

	/* The cells that the filter leaves. Returns how many. */
	filter(text, only) {
		const of = this.group;
		this.rows = list(of.cells).filter(cell =>
			(!only || LISTED.has([of.matrix, of.host, cell.name].join('\n'))) &&
			(cell.name.includes(text) || of.host.includes(text)));
		this.box.hidden = this.rows.length === 0;
		this.names.replaceChildren(...this.rows.map(cell => el('div', { title: cell.name }, cell.name)));
		this.medians.replaceChildren(...this.rows.map(cell => el('div', { title: 'median' }, (cell.median_ms / 1000).toFixed(1) + ' s')));
		this.field.style.height = this.rows.length * ROW + 'px';
		return this.rows.length;
	}

	draw(always) {
		const first = Math.floor(this.strip.scrollLeft / COLUMN);
		const last = Math.ceil((this.strip.scrollLeft + this.strip.clientWidth) / COLUMN);
		if (!always && first >= this.from && last <= this.to)
			return;
		this.from = Math.max(0, first - BESIDE);
		this.to = Math.min(this.runs.length, last + BESIDE);
		const squares = document.createDocumentFragment();
		this.rows.forEach((cell, row) => {
			for (let column = this.from; column < this.to; column++) {
				const verdict = cell.verdicts[column];
				if (WORDS[verdict])
					squares.append(this.square(cell, row, column, verdict));
			}
		});
		const at = this.field.contains(document.activeElement) ? { ...document.activeElement.dataset } : null;
		this.field.replaceChildren(squares);
		if (at)
			this.focus(at.row, at.column);
	}

	square(cell, row, column, verdict) {
		const page = this.runs[column].page;
		const made = el(page ? 'a' : 'span', { class: 'sq', 'data-v': verdict, 'data-row': row, 'data-column': column,
			tabindex: '-1', href: page ? address(page) : null }, verdict === 'P' ? '' : verdict);
		made.style.left = column * COLUMN + 'px';
		made.style.top = row * ROW + 2 + 'px';
		return made;
	}

	tell(square) {
		if (!square.dataset || square.dataset.row === undefined)
			return;
		const cell = this.rows[square.dataset.row], column = Number(square.dataset.column), run = this.runs[column];
		const tested = Object.entries(run.identities || {}).map(([what, value]) => what + ' ' + value).join(', ');
		document.getElementById('about').textContent = [WORDS[cell.verdicts[column]], cell.name, run.started,
			((cell.ms[column] || 0) / 1000).toFixed(1) + ' s', run.dir, tested].join(' \u00b7 ');
	}

	key(event) {
		const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
		if (!step || this.rows.length === 0)
			return;
		event.preventDefault();
		const at = document.activeElement.dataset;
		const known = at.row !== undefined;
		const row = Math.min(this.rows.length - 1, Math.max(0, known ? Number(at.row) + step[0] : 0));
		const column = Math.min(this.runs.length - 1, Math.max(0, known ? Number(at.column) + step[1] : this.runs.length - 1));
		const left = column * COLUMN;
		if (left < this.strip.scrollLeft)
			this.strip.scrollLeft = left;
		else if (left + COLUMN > this.strip.scrollLeft + this.strip.clientWidth)
			this.strip.scrollLeft = left + COLUMN - this.strip.clientWidth;
		this.draw(false);
		this.focus(row, column);
	}

	focus(row, column) {
		const square = this.field.querySelector(`[data-row="${row}"][data-column="${column}"]`);
		if (square)
			square.focus({ preventScroll: true });
	}
}

const strips = list(HISTORY.groups).map(group => new Strip(group));
const q = document.getElementById('q'), only = document.getElementById('only');
document.getElementById('groups').append(...strips.map(strip => strip.box));
const seen = new IntersectionObserver(entries => {
	for (const entry of entries)
		if (entry.isIntersecting)
			strips.find(strip => strip.box === entry.target).draw(true);
});

function show() {
	let count = 0;
	for (const strip of strips)
		count += strip.filter(q.value.trim(), only.checked);
	document.getElementById('count').textContent = count + ' cells of ' + strips.filter(strip => !strip.box.hidden).length + ' hosts';
	for (const strip of strips) {
		strip.strip.scrollLeft = strip.field.offsetWidth;
		strip.from = strip.to = 0;
		seen.unobserve(strip.box);
		seen.observe(strip.box);
	}
}
/* Where nothing is listed, all is shown. */
only.checked = LISTED.size > 0;
q.addEventListener('input', show);
only.addEventListener('change', show);
document.addEventListener('keydown', event => {
	if (event.key === '/' && document.activeElement !== q) {
		event.preventDefault();
		q.focus();
	}
});
show();
