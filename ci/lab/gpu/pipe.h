/*
 * The pipes: whether they run, at which scan line they are, and the vblank at the end of each
 * frame.
 *
 * Every mode has 60 frames a second here, whatever its pixel clock: nobody makes these pixels. The
 * time between two frames stretches while a driver writes the registers of a commit. An emulated
 * CPU can take longer for that than hardware's 16 ms, and a driver calls a commit that spans two
 * frames a failure.
 */
#ifndef IGD_GPU_PIPE_H
#define IGD_GPU_PIPE_H

#include <stdbool.h>
#include <stdint.h>

struct gpu;
struct reg_handler;

#define PIPES_MAX 3u

struct pipe {
	bool running;
	uint32_t frames;
	uint32_t flips;   /* changes of the plane's surface while the pipe ran */
	uint32_t surface; /* the last one */
	uint64_t began;   /* when the last frame ended, in us */
};

void pipe_reset(struct gpu *gpu);

/* Ends the frames that are over: counts them and signals vblank. To be called by pipe_wait_us(). */
void pipe_tick(struct gpu *gpu);

/* Microseconds until pipe_tick() has something to do, or -1 while no pipe runs. */
int64_t pipe_wait_us(const struct gpu *gpu);

/* Does the transcoder that feeds this pipe run? */
bool pipe_runs(const struct gpu *gpu, uint32_t pipe);

extern const struct reg_handler pipe_conf_handler;  /* TRANSCONF */
extern const struct reg_handler pipe_line_handler;  /* PIPEDSL */
extern const struct reg_handler pipe_frame_handler; /* PIPE_FRMCOUNT */
extern const struct reg_handler pipe_surf_handler;  /* PLANE_SURF */

/* Notes that a register was written, for the stretching of frames. */
void pipe_note_write(struct gpu *gpu, uint32_t at);

#endif
