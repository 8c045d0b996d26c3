/*
 * The topologies of a cell, layer beside layer: which device sits at which slot, and where that parts.
 * From "views" (harness/views/views.h); of findings without, what was expected beside what the guest said.
 */

const LAYERS = {
	config: ['Config', 'the cell\u2019s settings'], libxl: ['libxl', 'QEMU\u2019s command line'],
	policy: ['Policy', 'igd-dm\u2019s command line'], qemu: ['QEMU', 'before the guest ran'],
	firmware: ['Firmware', 'registers that it wrote'], guest: ['Guest', 'the agent\u2019s report'], expected: ['Expected', 'by the matrix'],
};
const DEVICES = {
	'host-bridge': 'host bridge', platform: 'xen-platform', vga: 'VGA', nic: 'network', igd: 'IGD',
	passed: 'passed through', 'isa-bridge': 'ISA bridge', function: 'function', edid: 'EDID', mode: 'mode',
	opregion: 'OpRegion',
};
const KNOWN_IDS = { '5853:0001': 'platform', '1234:1111': 'vga', '1013:00b8': 'vga', '8086:1237': 'host-bridge',
	'8086:7000': 'isa-bridge' };
const FUNCTIONS = { '8086:7000': 'ISA bridge', '8086:7010': 'IDE', '8086:7113': 'power management' };
const ADDRESS = /^[0-9a-f]{4}:([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/;
const BOX = { width: 186, height: 40, gap: 58, step: 50, left: 58, top: 62 };

/* Views in the same shape, of what was expected and what was seen. */
function viewsOfFindings(findings) {
	const devices = [];

	for (const finding of list(findings)) {
		const slot = /^slot\/([0-9a-f]{2})$/.exec(finding.field);
		if (finding.seen === undefined || (!slot && finding.field !== 'igd/address'))
			continue;
		const view = value => value === null ? null
			: slot ? { address: '0000:00:' + slot[1] + '.0', ids: String(value) } : { address: String(value) };
		const same = JSON.stringify(finding.expected) === JSON.stringify(finding.seen);
		devices.push({
			device: slot ? KNOWN_IDS[finding.expected] || KNOWN_IDS[finding.seen] || 'function' : 'igd', what: '',
			expected: view(finding.expected), guest: view(finding.seen), parts_at: same ? null : 'guest',
			why: same ? '' : finding.field + ': expected ' + valueText(finding.expected) + ', seen ' + valueText(finding.seen),
		});
	}
	return { layers: devices.length ? ['expected', 'guest'] : [], devices,
		parts_at: devices.some(d => d.parts_at) ? 'guest' : null };
}

/*
 * What sits in the guest where it should not, by the expectations: layers that all agree can all be
 * wrong. Each has the slot where it was expected, and what should be there.
 */
function misplaced(findings, views) {
	const wrong = [];

	for (const finding of list(findings)) {
		const slot = /^slot\/([0-9a-f]{2})$/.exec(finding.field);
		if (['PASS', 'ERROR'].includes(finding.verdict) || (!slot && finding.field !== 'igd/address'))
			continue;
		const device = list(views.devices).find(d => d.guest && (slot
			? d.guest.address === `0000:00:${slot[1]}.0` : d.device === 'igd'));
		wrong.push({
			device, name: slot ? nameOf({ device: KNOWN_IDS[finding.expected] || 'function', guest: { ids: finding.expected } }) : 'IGD',
			address: ADDRESS.exec(slot ? `0000:00:${slot[1]}.0` : finding.expected || ''), nothing: finding.expected === null,
			text: finding.field + ': expected ' + valueText(finding.expected) + ', seen ' + valueText(finding.seen),
		});
	}
	return wrong;
}

function nameOf(device) {
	const ids = Object.keys(LAYERS).map(layer => device[layer] && device[layer].ids).find(Boolean);

	return device.device === 'function' && FUNCTIONS[ids] || DEVICES[device.device] || String(device.device);
}

function has(device, layer) {
	return Object.prototype.hasOwnProperty.call(device, layer);
}

function detailText(view) {
	return ['ids', 'model', 'type', 'kind', 'mode', 'preferred'].filter(key => view[key] !== undefined)
		.map(key => valueText(view[key]))[0] || '';
}

/* The slots that are drawn: from 00 as far as any layer has one, rows with nothing for long in one. */
function slotRows(boxes) {
	const used = new Map();

	for (const box of boxes)
		used.set(box.slot, Math.max(used.get(box.slot) || 0, box.stack + 1));
	const slots = [...used.keys()].filter(slot => slot >= 0);
	const rows = [];
	if (used.has(-1))
		rows.push({ slot: -1, label: 'any', height: used.get(-1) });
	for (let slot = 0, last = Math.max(...slots, -1); slot <= last; slot++) {
		const next = Math.min(...slots.filter(s => s > slot));
		rows.push({ slot, label: slot.toString(16).padStart(2, '0'), height: used.get(slot) || 1 });
		if (!used.has(slot) && next - slot > 2) {
			rows.push({ slot: -2, label: '\u22ee', height: .5 });
			slot = next - 1;
		}
	}
	return rows;
}

/* Where each device stands in each layer: slot -1 if it was asked for without one. */
function boxesOf(views, layers, wrong) {
	const boxes = [], stacks = new Map();

	for (const [index, device] of list(views.devices).entries()) {
		if (['edid', 'mode', 'opregion'].includes(device.device))
			continue;
		layers.forEach((layer, column) => {
			const view = device[layer];
			if (!view || typeof view !== 'object')
				return;
			const address = ADDRESS.exec(view.address || '');
			if (address && address[1] !== '00')
				return;
			const slot = address ? parseInt(address[2], 16) : -1;
			const key = column + ' ' + slot, stack = stacks.get(key) || 0;
			stacks.set(key, stack + 1);
			boxes.push({ index, device, column, slot, stack, view, address });
		});
	}
	for (const box of boxes)
		box.last = !boxes.some(b => b.index === box.index && b.column > box.column);
	/* What was expected stands in the guest's column, below what is there. */
	for (const w of wrong) {
		const column = layers.indexOf('guest');
		if (column < 0 || !w.address || w.nothing || w.address[1] !== '00')
			continue;
		const slot = parseInt(w.address[2], 16), key = column + ' ' + slot, stack = stacks.get(key) || 0;
		stacks.set(key, stack + 1);
		boxes.push({ ghost: true, index: -1, name: w.name, column, slot, stack });
	}
	return boxes;
}

function place(boxes, rows) {
	let y = BOX.top;
	const tops = new Map();

	for (const row of rows) {
		row.y = y;
		tops.set(row.slot, y);
		y += row.height * BOX.step;
	}
	for (const box of boxes) {
		box.x = BOX.left + box.column * (BOX.width + BOX.gap);
		box.y = tops.get(box.slot) + box.stack * BOX.step;
	}
	return y;
}

/* A device of which two layers have different addresses is moved; others part otherwise. */
function partWord(device) {
	const addresses = new Set(Object.keys(LAYERS).map(layer => device[layer] && device[layer].address).filter(Boolean));

	if (device.parts_at)
		return addresses.size > 1 ? 'moved' : 'differs';
	return 'moved';
}

function drawBox(box, wrong) {
	const moved = Boolean(box.device.parts_at) || (wrong.some(w => w.device === box.device) && has(box.device, 'guest') && box.last);
	const name = nameOf(box.device) + (moved ? ' \u2013 ' + partWord(box.device) : '');
	const detail = (box.address && box.address[3] !== '0' ? '.' + box.address[3] + ' ' : '') + detailText(box.view);
	const fit = (text, length) => text.length > length ? text.slice(0, length - 1) + '\u2026' : text;

	return svg('g', { class: 'box' + (moved ? ' moved' : '') + (box.device.device === 'igd' ? ' igd' : '')
		+ (box.view.learned || box.slot < 0 ? ' loose' : ''), 'data-device': box.device.device },
		svg('rect', { x: box.x, y: box.y, width: BOX.width, height: BOX.height, rx: 5 }),
		moved ? svg('path', { class: 'flag', d: `M${box.x + BOX.width - 18} ${box.y + 8}h11l-4 5 4 5h-11z` }) : null,
		svg('text', { x: box.x + 10, y: box.y + (detail ? 17 : 25), class: 'name' }, name),
		detail ? svg('text', { x: box.x + 10, y: box.y + 32, class: 'detail' }, fit(detail, 24)) : null);
}

/* Where something was expected and is not. */
function drawGhost(box) {
	return svg('g', { class: 'box ghost' },
		svg('rect', { x: box.x, y: box.y, width: BOX.width, height: BOX.height, rx: 5 }),
		svg('text', { x: box.x + 10, y: box.y + 25, class: 'name' }, box.name + ' \u2013 expected here'));
}

/* The way of one device from layer to layer. */
function drawWays(boxes) {
	const ways = [];

	for (const box of boxes) {
		const next = box.ghost ? null : boxes.filter(b => b.index === box.index && b.column > box.column)
			.sort((a, b) => a.column - b.column)[0];
		if (!next)
			continue;
		const x = box.x + BOX.width, y = box.y + BOX.height / 2, y2 = next.y + BOX.height / 2;
		const bend = Math.min(28, (next.x - x) / 2);
		ways.push(svg('path', { class: 'way' + (box.device.parts_at ? ' moved' : ''),
			d: `M${x} ${y}C${x + bend} ${y} ${next.x - bend} ${y2} ${next.x} ${y2}` }));
	}
	return ways;
}

function diagram(views, layers, wrong, sentence) {
	const boxes = boxesOf(views, layers, wrong), rows = slotRows(boxes), bottom = place(boxes, rows);
	const width = BOX.left + layers.length * (BOX.width + BOX.gap) - BOX.gap + 8;

	return svg('svg', { class: 'topology', viewBox: `0 0 ${width} ${bottom + 4}`, width, height: bottom + 4, role: 'img',
		'aria-labelledby': 'topology-title topology-text' },
		svg('title', { id: 'topology-title' }, 'Devices by slot, in each layer'),
		svg('desc', { id: 'topology-text' }, sentence + ' The table below has the same.'),
		rows.map((row, i) => [
			svg('rect', { class: i % 2 ? 'band odd' : 'band', x: 0, y: row.y - 5, width, height: row.height * BOX.step }),
			svg('text', { class: 'slot', x: 12, y: row.y + 25 - (row.slot === -2 ? 14 : 0) }, row.label)]),
		svg('text', { class: 'slot', x: 12, y: 26 }, 'slot'),
		layers.map((layer, i) => {
			const x = BOX.left + i * (BOX.width + BOX.gap), parts = views.parts_at === layer;
			return svg('g', { class: parts ? 'layer parts' : 'layer' },
				svg('text', { class: 'title', x, y: 22 }, (LAYERS[layer] || [layer])[0] + (parts ? ' \u2013 differs here' : '')),
				svg('text', { class: 'detail', x, y: 40 }, (LAYERS[layer] || ['', ''])[1]),
				parts ? svg('rect', { class: 'parts', x, y: 47, width: BOX.width, height: 3 }) : null);
		}),
		drawWays(boxes), boxes.map(box => box.ghost ? drawGhost(box) : drawBox(box, wrong)));
}

function layerName(layer) {
	return (LAYERS[layer] || [layer])[0];
}

function viewCell(device, layer) {
	const view = device[layer];

	if (!has(device, layer))
		return el('span', { class: 'quiet' }, 'no evidence');
	if (view === null)
		return 'absent';
	const words = fields(view).filter(([key]) => key !== 'address' && key !== 'learned')
		.map(([key, value]) => key === 'ids' || key === 'type' || key === 'model' ? valueText(value) : key + ' ' + valueText(value));
	return [view.address ? code(view.address + (view.learned ? ' (reported by QEMU)' : '')) : words.length ? null : 'yes', ' ', words.join(', '),
		device.parts_at === layer ? el('strong', { class: 'parted' }, ' differs here') : null];
}

function topology(detail) {
	const given = detail.views && list(detail.views.devices).length ? detail.views : null;
	const views = given || viewsOfFindings(detail.findings);
	const layers = list(views.layers).filter(layer => layer !== 'firmware' || list(views.devices).some(d => d[layer] && d[layer].address));
	const columns = [...list(views.layers)];
	if (list(views.devices).some(d => has(d, 'firmware')) && !columns.includes('firmware'))
		columns.splice(columns.includes('guest') ? columns.indexOf('guest') : columns.length, 0, 'firmware');
	const parted = list(views.devices).filter(d => d.parts_at);
	const wrong = given ? misplaced(detail.findings, views) : [];
	const parts = parted.map(d => [nameOf(d) + ' ' + partWord(d), ': ' + (d.why || 'the views differ')]);
	const sentence = [
		parted.length ? 'The layers differ at ' + layerName(views.parts_at) + ': ' + parts.map(p => p.join('')).join('; ') + '.'
			: layers.length ? 'The layers agree with each other.' : '',
		wrong.length ? ' Not at the expected place: ' + wrong.map(w => w.text).join('; ') + '.' : ''].join('');

	if (!layers.length)
		return section('topology', 'Where the devices are', el('p', { class: 'quiet' }, 'The cell has no evidence of any layer.'));
	return section('topology', 'Where the devices are',
		el('div', { class: 'parts' },
			wrong.map(w => el('p', {}, el('strong', {}, (w.device ? nameOf(w.device) : w.name) + ' moved'), '. ' + w.text + '.')),
			parted.length ? el('p', {}, el('strong', {}, 'The layers differ at ' + layerName(views.parts_at) + '.'), ' ',
				parts.map(([name, why], i) => [i ? '; ' : '', el('strong', {}, name), why]), '.')
				: el('p', {}, 'The layers agree with each other.')),
		given ? null : el('p', { class: 'quiet' }, 'These findings have no views of the layers: the diagram shows the expected values beside the guest\u2019s values.'),
		el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Diagram of the layers' },
			diagram(views, layers, wrong, sentence)),
		el('details', {}, el('summary', {}, 'The same as a table'),
			table('Devices by layer', ['Device', ...columns.map(layerName)],
				list(views.devices).map(d => [[nameOf(d), d.what ? el('p', { class: 'quiet' }, d.what) : null],
					...columns.map(layer => viewCell(d, layer))]))));
}
