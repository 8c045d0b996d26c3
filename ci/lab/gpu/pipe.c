#include "ci/lab/gpu/pipe.h"

#include <string.h>

#include "ci/lab/gpu/gpu.h"

#define NEXT_PIPE       0x1000u
#define FRAME_US        16667u
#define VBLANK          0x1u /* GEN8_PIPE_VBLANK, of a pipe's IIR */
#define NEXT_IIR        0x10u
#define EDP_INPUT_SHIFT 12 /* TRANS_DDI_EDP_INPUT: 0 and 4 pipe A, 5 pipe B, 6 pipe C */
#define EDP_INPUT_MASK  7u
#define EDP_INPUT_B     5u
#define EDP_INPUT_C     6u
#define MASTER_ENABLE   (1u << 31)
#define DDI_FUNC_ENABLE (1u << 31)
#define PAGE_MASK       0xfffff000u
#define PLANES_FROM     0x080u /* of a pipe's 4 KiB: cursor, plane 1 and the others */
#define PLANES_TO       0x400u

/*
 * A frame does not end within 10 ms of a write to a display register (4 were not enough on a loaded
 * machine), nor within 60 ms of one to a plane during a commit. It ends after 300 ms whatever is
 * written. A driver waits 100 ms for a vblank before it complains.
 *
 * A commit of i915 (intel_pipe_update_start() to _end()) begins and ends with a read of the scan
 * line and then of the frame counter. Its interrupt handler reads both as well, but has the master
 * register disabled meanwhile.
 */
#define WRITTEN_US   10000u
#define COMMIT_US    60000u
#define FRAME_MAX_US 300000u

/*
 * The scan line stops here in a frame that is stretched: before the last lines, in which a driver
 * waits for vblank before it begins a commit.
 */
#define LINE_STOPS_US 14000u

void pipe_reset(struct gpu *gpu)
{
	memset(gpu->pipes, 0, sizeof(gpu->pipes));
	gpu->display_written = 0;
	gpu->committing = gpu->line_read = false;
}

/* The pipe that the eDP transcoder takes its pixels from, or -1. */
static int edp_pipe(const struct gpu *gpu)
{
	uint32_t function;

	if (!gpu->generation->conf_edp ||
		!(reg_get(&gpu->registers, gpu->generation->conf_edp) & gpu->generation->conf_on))
		return -1;
	function = reg_get(&gpu->registers, gpu->generation->edp_input);
	if (!(function & DDI_FUNC_ENABLE))
		return -1;
	switch (function >> EDP_INPUT_SHIFT & EDP_INPUT_MASK) {
	case EDP_INPUT_B:
		return 1;
	case EDP_INPUT_C:
		return 2;
	default:
		return 0;
	}
}

bool pipe_runs(const struct gpu *gpu, uint32_t pipe)
{
	uint32_t conf = gpu->generation->conf + NEXT_PIPE * pipe;

	return (reg_get(&gpu->registers, conf) & gpu->generation->conf_on) ||
	       edp_pipe(gpu) == (int)pipe;
}

void pipe_note_write(struct gpu *gpu, uint32_t at)
{
	const struct generation *generation = gpu->generation;

	if (at < generation->display_from || at >= generation->display_to)
		return;
	gpu->display_written = gpu->options.clock();
	if (at >= generation->conf && at < generation->conf + NEXT_PIPE * generation->pipes &&
		at % NEXT_PIPE >= PLANES_FROM && at % NEXT_PIPE < PLANES_TO)
		gpu->committing = true;
}

static void follow_conf(struct gpu *gpu, uint32_t at, uint32_t value)
{
	for (uint32_t i = 0; i < gpu->generation->pipes; i++) {
		bool runs = pipe_runs(gpu, i);

		if (runs && !gpu->pipes[i].running)
			gpu->pipes[i].began = gpu->options.clock();
		gpu->pipes[i].running = runs;
	}
}

const struct reg_handler pipe_conf_handler = { .written = follow_conf };

/* When the frame that the pipe is in ends. */
static uint64_t frame_end(const struct gpu *gpu, const struct pipe *pipe)
{
	uint64_t end = pipe->began + FRAME_US, held = gpu->display_written;

	held += gpu->committing ? COMMIT_US : WRITTEN_US;

	if (end < held)
		end = held;
	return end < pipe->began + FRAME_MAX_US ? end : pipe->began + FRAME_MAX_US;
}

static void end_frame(struct gpu *gpu, uint32_t i)
{
	gpu->pipes[i].frames++;
	gpu->pipes[i].began = gpu->options.clock();
	interrupt_event(gpu, gpu->generation->pipe_iir + NEXT_IIR * i, VBLANK);
}

void pipe_tick(struct gpu *gpu)
{
	uint64_t now = gpu->options.clock();

	for (uint32_t i = 0; i < gpu->generation->pipes; i++) {
		if (gpu->pipes[i].running && now >= frame_end(gpu, &gpu->pipes[i]))
			end_frame(gpu, i);
	}
}

int64_t pipe_wait_us(const struct gpu *gpu)
{
	uint64_t now = gpu->options.clock();
	int64_t wait = -1;

	for (uint32_t i = 0; i < gpu->generation->pipes; i++) {
		uint64_t end = frame_end(gpu, &gpu->pipes[i]);
		int64_t this = end > now ? (int64_t)(end - now) : 0;

		if (gpu->pipes[i].running && (wait < 0 || this < wait))
			wait = this;
	}
	return wait;
}

static bool in_handler(const struct gpu *gpu)
{
	return !(reg_get(&gpu->registers, gpu->generation->irq_master) & MASTER_ENABLE);
}

static uint32_t read_line(struct gpu *gpu, uint32_t at)
{
	uint32_t i = (at - gpu->generation->scanline) / NEXT_PIPE;
	uint32_t timing, total, active;
	uint64_t elapsed;

	timing = reg_get(&gpu->registers, edp_pipe(gpu) == (int)i
						  ? gpu->generation->vtotal_edp
						  : gpu->generation->vtotal + NEXT_PIPE * i);
	/* Both are numbers less one: bits 31:16 all lines, 15:0 the visible ones. */
	total = (timing >> 16) + 1;
	active = (timing & 0xffff) + 1;
	if (!gpu->pipes[i].running || total < 2)
		return 0;
	if (gpu->last_read != at)
		gpu->line_read = gpu->last_read != gpu->generation->frame_count + NEXT_PIPE * i;
	elapsed = gpu->options.clock() - gpu->pipes[i].began;
	/* A commit that begins late in a frame, or in one that has been stretched, gets a new one.
	 */
	if (elapsed > LINE_STOPS_US && !gpu->committing && !in_handler(gpu)) {
		end_frame(gpu, i);
		elapsed = 0;
	}
	if (elapsed > LINE_STOPS_US)
		elapsed = LINE_STOPS_US;
	/* A frame ends with its last visible line: vblank comes first. */
	return (active + (uint32_t)(elapsed * total / FRAME_US)) % total;
}

static uint32_t read_frames(struct gpu *gpu, uint32_t at)
{
	if (!in_handler(gpu) && gpu->line_read) {
		gpu->committing = !gpu->committing;
		gpu->display_written = gpu->options.clock();
	}
	gpu->line_read = false;
	return gpu->pipes[(at - gpu->generation->frame_count) / NEXT_PIPE].frames;
}

const struct reg_handler pipe_line_handler = { .read = read_line };
const struct reg_handler pipe_frame_handler = { .read = read_frames };

static void surface_written(struct gpu *gpu, uint32_t at, uint32_t value)
{
	struct pipe *pipe = &gpu->pipes[(at - gpu->generation->plane_ctl) / NEXT_PIPE];
	uint32_t surface = reg_get(&gpu->registers, at) & PAGE_MASK;

	if (pipe->running && surface != pipe->surface)
		pipe->flips++;
	pipe->surface = surface;
}

const struct reg_handler pipe_surf_handler = { .written = surface_written };
