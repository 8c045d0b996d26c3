#include "ci/lab/gpu/control.h"

#include <errno.h>
#include <string.h>

#include "ci/lab/gpu/scanout.h"

static json_t *error_json(const char *text)
{
	return json_pack("{s:s}", "error", text);
}

static json_t *pipes_json(const struct gpu *gpu)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < gpu->generation->pipes; i++)
		json_array_append_new(
			list, json_pack("{s:b, s:I, s:I}", "running", (int)gpu->pipes[i].running,
				      "frames", (json_int_t)gpu->pipes[i].frames, "flips",
				      (json_int_t)gpu->pipes[i].flips));
	return list;
}

static json_t *state(struct gpu *gpu, const char *argument)
{
	return json_pack("{s:s, s:s?, s:b, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
		"generation", gpu->generation->name, "fault",
		gpu->options.fault ? gpu->options.fault->name : NULL, "plugged", (int)gpu->plugged,
		"pipes", pipes_json(gpu), "register_reads", (json_int_t)gpu->reads,
		"register_writes", (json_int_t)gpu->writes, "interrupts",
		(json_int_t)gpu->interrupt.signalled, "interrupts_dropped",
		(json_int_t)gpu->interrupt.dropped, "dma_maps", (json_int_t)gpu->dma.count,
		"dma_mapped", (json_int_t)gpu->dma_maps, "resets", (json_int_t)gpu->resets, "asls",
		json_sprintf("0x%08x", pci_get(gpu, 0xfc)));
}

/* The picture of the first pipe that runs. */
static json_t *picture(struct gpu *gpu, const char *argument)
{
	struct problem why = { 0 };
	struct picture shown;
	json_t *answer;
	uint32_t pipe = 0;
	int r;

	while (pipe + 1 < gpu->generation->pipes && !gpu->pipes[pipe].running)
		pipe++;
	if (!gpu->pipes[pipe].running)
		return error_json("no pipe runs: nothing is shown");
	r = picture_read(gpu, pipe, &shown, &why);
	if (r == 0 && argument)
		r = picture_write(&shown, argument, &why);
	if (r < 0)
		answer = error_json(*why.text ? why.text : strerror(-r));
	else
		answer = json_pack("{s:o, s:I, s:I, s:o, s:s, s:I}", "pipe",
			json_sprintf("%c", (char)('A' + pipe)), "width", (json_int_t)shown.width,
			"height", (json_int_t)shown.height, "crc32",
			json_sprintf("0x%08x", shown.crc), "source", shown.source,
			"unmapped_pixels", (json_int_t)shown.unmapped);
	picture_free(&shown);
	return answer;
}

static json_t *plug(struct gpu *gpu, const char *argument)
{
	bool in = argument && strcmp(argument, "in") == 0;

	if (!argument || (!in && strcmp(argument, "out") != 0))
		return error_json("monitor needs in or out");
	if (gpu_plug(gpu, in))
		return error_json(
			"there is no monitor: the server was started with --monitor none");
	return json_pack("{s:b}", "plugged", (int)gpu->plugged);
}

static json_t *fail(struct gpu *gpu, const char *argument)
{
	const struct fault *fault = argument ? fault_find(argument) : NULL;

	if (!fault && (!argument || strcmp(argument, "none") != 0))
		return error_json("fault needs the name of a fault, or none");
	if ((fault && fault->no_aperture) || gpu->pci.aperture_size == 0)
		return error_json("no-aperture neither begins nor ends while the device is in use: "
				  "start the server with the --fault that you want");
	gpu_fail(gpu, fault);
	return json_pack("{s:s?}", "fault", fault ? fault->name : NULL);
}

const struct control_command control_commands[] = {
	{ "state", NULL, "what the device does: pipes, flips, interrupts, maps", state },
	{ "picture", "[FILE]", "what is on the screen: size and CRC-32; FILE: also as PNG",
		picture },
	{ "monitor", "in|out", "plug the monitor in or pull it out", plug },
	{ "fault", "NAME|none", "fail in this way from now on; registers are as after a reset",
		fail },
	{ NULL },
};

json_t *control_answer(struct gpu *gpu, const char *line)
{
	size_t length = strcspn(line, " ");
	const char *argument = line[length] && line[length + 1] ? line + length + 1 : NULL;

	for (const struct control_command *command = control_commands; command->name; command++) {
		if (strlen(command->name) != length || strncmp(command->name, line, length) != 0)
			continue;
		if (argument && !command->argument)
			return error_json("this command takes no argument");
		return command->run(gpu, argument);
	}
	return error_json("no such command; igd-gpu --help lists them");
}
