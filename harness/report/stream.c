#include "harness/report/stream.h"

void rendering_finish(struct rendering *rendering)
{
	json_decref(rendering->kept);
	rendering->kept = NULL;
	if (rendering->own)
		rendering->free_own(rendering->own);
	rendering->own = NULL;
}

int render_streamed(struct findings_sink (*sink_of)(struct rendering *rendering),
	const json_t *findings, const struct render_options *options, FILE *stream)
{
	struct rendering rendering = { .options = options, .stream = stream };
	struct findings_sink sink = sink_of(&rendering);

	int r = findings_emit(findings, &sink);

	rendering_finish(&rendering);
	return r;
}
