#include "harness/report/stream.h"

int render_streamed(struct findings_sink (*sink_of)(struct rendering *rendering),
	const json_t *findings, const struct render_options *options, FILE *stream)
{
	struct rendering rendering = { options, stream, 0 };
	struct findings_sink sink = sink_of(&rendering);

	return findings_emit(findings, &sink);
}
