#include "ci/lab/gpu/pipe.h"

#include "ci/lab/gpu/fixture.h"

#define CONF     0x70008
#define CONF_B   0x71008
#define CONF_EDP 0x7f008
#define LINE     0x70000
#define FRAMES   0x70040
#define VTOTAL   0x6000c
#define MASTER   0x44200
#define ON       (1u << 31)
#define SURF     0x7019c
#define LIVE     0x701ac

static struct gpu gpu;

static void begin(const char *fault)
{
	fixture_make(&gpu, PORT_HDMI, fault);
	fixture_write(&gpu, VTOTAL, 1124u << 16 | 1079);
}

/* Lets time pass as the server does: it sleeps no longer than it was told. */
static void sleep_us(uint64_t us)
{
	uint64_t until = fixture_now + us;

	while (fixture_now < until) {
		int64_t wait = pipe_wait_us(&gpu);

		if (wait < 0 || fixture_now + (uint64_t)wait > until)
			fixture_now = until;
		else
			fixture_now += (uint64_t)wait;
		pipe_tick(&gpu);
	}
}

static void test_a_pipe_that_is_off_does_nothing(void)
{
	begin(NULL);
	CU_ASSERT_EQUAL(pipe_wait_us(&gpu), -1);
	sleep_us(1000000);
	CU_ASSERT_EQUAL(fixture_read(&gpu, FRAMES), 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, LINE), 0);
	gpu_free(&gpu);
}

static void test_sixty_frames_a_second(void)
{
	begin(NULL);
	fixture_write(&gpu, 0x44404, 0);
	fixture_write(&gpu, CONF, ON);
	sleep_us(1100000);
	CU_ASSERT(fixture_read(&gpu, FRAMES) >= 60 && fixture_read(&gpu, FRAMES) <= 66);
	CU_ASSERT_EQUAL(fixture_read(&gpu, 0x44408), 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, FRAMES + 0x1000), 0);
	fixture_write(&gpu, CONF, 0);
	CU_ASSERT_EQUAL(pipe_wait_us(&gpu), -1);
	gpu_free(&gpu);
}

static void test_the_line_follows_the_time_and_begins_with_vblank(void)
{
	uint32_t line;

	begin(NULL);
	fixture_write(&gpu, CONF, ON);
	sleep_us(1000000);
	CU_ASSERT_TRUE_FATAL(pipe_wait_us(&gpu) > 0);
	sleep_us((uint64_t)pipe_wait_us(&gpu));
	CU_ASSERT_EQUAL(fixture_read(&gpu, LINE), 1080);
	fixture_now += 1000;
	line = fixture_read(&gpu, LINE); /* 67 lines a ms, 45 of which are blank */
	CU_ASSERT(line >= 20 && line <= 24);
	/* However long the frame is: not into the lines before vblank. Who handles interrupts
	 * waits... */
	fixture_now += 100000;
	CU_ASSERT(fixture_read(&gpu, LINE) < 1000);
	/* ...and who begins a commit gets a new frame. */
	fixture_write(&gpu, MASTER, ON);
	line = gpu.pipes[0].frames;
	CU_ASSERT_EQUAL(fixture_read(&gpu, LINE), 1080);
	CU_ASSERT_EQUAL(gpu.pipes[0].frames, line + 1);
	fixture_write(&gpu, VTOTAL, 0);
	CU_ASSERT_EQUAL(fixture_read(&gpu, LINE), 0);
	gpu_free(&gpu);
}

static void test_a_commit_is_inside_one_frame(void)
{
	uint32_t frames;

	begin(NULL);
	fixture_write(&gpu, CONF, ON);
	fixture_write(&gpu, MASTER, ON);
	sleep_us(1015000);
	/* Line and counter; the driver is slow; the planes; it is slow again; line and counter. */
	fixture_read(&gpu, LINE);
	frames = fixture_read(&gpu, FRAMES);
	sleep_us(55000);
	fixture_write(&gpu, SURF, 0x1000);
	sleep_us(55000);
	CU_ASSERT(fixture_read(&gpu, LINE) < 1000);
	CU_ASSERT_EQUAL(fixture_read(&gpu, FRAMES), frames);
	/* Then DRM's core takes the time of the vblank that is to come. */
	fixture_read(&gpu, FRAMES);
	fixture_read(&gpu, LINE);
	fixture_read(&gpu, LINE);
	fixture_read(&gpu, FRAMES);
	sleep_us(10000);
	CU_ASSERT_EQUAL(gpu.pipes[0].frames, frames + 1);
	/* The interrupt handler's reads begin no commit. */
	fixture_write(&gpu, MASTER, 0);
	fixture_read(&gpu, LINE);
	fixture_read(&gpu, FRAMES);
	fixture_write(&gpu, MASTER, ON);
	sleep_us(17000);
	CU_ASSERT_EQUAL(gpu.pipes[0].frames, frames + 2);
	/* A driver that writes without end does not stop the frames. */
	frames = gpu.pipes[0].frames;
	for (int i = 0; i < 700; i++) {
		fixture_write(&gpu, SURF, 0x1000);
		sleep_us(1000);
	}
	CU_ASSERT_EQUAL(gpu.pipes[0].frames, frames + 2);
	gpu_free(&gpu);
}

static void test_a_flip_is_a_new_surface(void)
{
	begin(NULL);
	fixture_write(&gpu, SURF, 0x5000);
	fixture_write(&gpu, CONF, ON);
	CU_ASSERT_EQUAL(gpu.pipes[0].flips, 0);
	fixture_write(&gpu, SURF, 0x5000);
	CU_ASSERT_EQUAL(gpu.pipes[0].flips, 0);
	fixture_write(&gpu, SURF, 0x9000);
	fixture_write(&gpu, SURF, 0x5000);
	CU_ASSERT_EQUAL(gpu.pipes[0].flips, 2);
	CU_ASSERT_EQUAL(fixture_read(&gpu, LIVE), 0x5000);
	fixture_write(&gpu, LIVE, 1);
	CU_ASSERT_EQUAL(fixture_read(&gpu, LIVE), 0x5000);
	gpu_free(&gpu);
}

static void test_the_transcoder_of_a_panel_feeds_the_pipe_it_names(void)
{
	static const struct {
		uint32_t input, pipe;
	} rows[] = { { 0, 0 }, { 4, 0 }, { 5, 1 }, { 6, 2 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(NULL);
		fixture_write(&gpu, 0x6f00c, 1124u << 16 | 1079);
		fixture_write(&gpu, 0x6f400, ON | rows[i].input << 12);
		CU_ASSERT_FALSE(gpu.pipes[rows[i].pipe].running);
		fixture_write(&gpu, CONF_EDP, ON);
		for (uint32_t pipe = 0; pipe < 3; pipe++)
			CU_ASSERT_EQUAL(gpu.pipes[pipe].running, pipe == rows[i].pipe);
		CU_ASSERT_EQUAL(fixture_read(&gpu, LINE + 0x1000 * rows[i].pipe), 1080);
		gpu_free(&gpu);
	}
}

static void test_the_fault_keeps_it_from_starting(void)
{
	begin("pipe-never-starts");
	fixture_write(&gpu, CONF_B, ON);
	CU_ASSERT_EQUAL(fixture_read(&gpu, CONF_B), ON);
	sleep_us(100000);
	CU_ASSERT_EQUAL(fixture_read(&gpu, FRAMES + 0x1000), 0);
	CU_ASSERT_EQUAL(pipe_wait_us(&gpu), -1);
	gpu_free(&gpu);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "a pipe that is off does nothing", test_a_pipe_that_is_off_does_nothing },
		{ "sixty frames a second", test_sixty_frames_a_second },
		{ "the line follows the time and begins with vblank",
			test_the_line_follows_the_time_and_begins_with_vblank },
		{ "a commit is inside one frame", test_a_commit_is_inside_one_frame },
		{ "a flip is a new surface", test_a_flip_is_a_new_surface },
		{ "the transcoder of a panel feeds the pipe it names",
			test_the_transcoder_of_a_panel_feeds_the_pipe_it_names },
		{ "the fault keeps it from starting", test_the_fault_keeps_it_from_starting },
		CU_TEST_INFO_NULL,
	};

	return suite_main("pipe", tests);
}
