#include "guests/hostile/texts.h"

#define HEAD "{\"format\":\"igd-harness report\",\"version\":1,"

/* Clear the screen, set the title, a bell; then markup, an attribute's end and a script. */
#define ESCAPES "\\u001b[2J\\u001b]0;title\\u0007\\u009b31m"
#define MARKUP                                                                                     \
	"</td><script>alert(1)</script>\\\" onload=\\\"x ]]> --> &amp; %s%n ${x} `x` $(x) | * _"
#define NASTY ESCAPES MARKUP

const char hostile_types[] =
	HEAD "\"agent\":{\"version\":[],\"request\":1e308,\"uptime_ms\":-9223372036854775808,"
	     "\"collect_ms\":1e-308},"
	     "\"kernel\":{\"release\":{\"" NASTY "\":0},\"log\":{\"0\":1}},"
	     "\"dmi\":[[[[]]]],\"hypervisor\":\"" NASTY "\",\"iomem\":{\"start\":7},"
	     "\"pci\":{\"slot2\":true,\"lpc\":1e308,\"functions\":["
	     "{\"address\":\"0000:00:02.0\",\"vendor\":32902,\"device\":\"\"},"
	     "{\"address\":\"0000:00:02.0\",\"vendor\":\"0xzzzz\",\"device\":\"0x3e92" NASTY "\"},"
	     "null,[],{}]},"
	     "\"display\":{\"cards\":[{\"connectors\":[{\"status\":\"connected\",\"edid\":7,"
	     "\"crtc\":{\"mode\":{\"width\":1e308,\"height\":\"800\"}}}]}],\"framebuffers\":null}}";

const char hostile_texts[] = HEAD
	"\"agent\":{\"version\":\"" NASTY "\",\"request\":1,\"uptime_ms\":9007199254740992,"
	"\"collect_ms\":0,\"errors\":[{\"section\":\"" NASTY "\",\"text\":\"" NASTY "\"}]},"
	"\"kernel\":{\"release\":\"" NASTY "\",\"version\":\"\\u202egnp.exe\\ufeff\","
	"\"cmdline\":\"" NASTY "\",\"log\":[{\"time_us\":0,\"level\":0,\"text\":\"" NASTY "\"}]},"
	"\"dmi\":{\"sys_vendor\":\"" NASTY "\",\"bios_version\":\"" NASTY "\"},"
	"\"hypervisor\":{\"type\":\"" NASTY "\",\"version\":\"" NASTY "\",\"cpuid\":\"" NASTY "\"},"
	"\"pci\":{\"slot2\":\"0000:00:02.0\",\"lpc\":null,\"functions\":[{"
	"\"address\":\"0000:00:02.0\",\"vendor\":\"0x1234\",\"device\":\"0x1111\","
	"\"class\":\"0x030000\",\"driver\":\"" NASTY "\",\"bars\":[{\"kind\":\"" NASTY "\"}]}]},"
	"\"display\":{\"cards\":[{\"name\":\"" NASTY "\",\"driver\":\"" NASTY "\",\"connectors\":[{"
	"\"name\":\"" NASTY "\",\"status\":\"connected\",\"edid\":{\"bytes\":128,\"hex\":\"" NASTY
	"\",\"sha256\":\"" NASTY "\",\"vendor\":\"" NASTY "\",\"name\":\"" NASTY
	"\",\"preferred\":null},"
	"\"crtc\":{\"mode\":{\"name\":\"" NASTY "\",\"width\":65535,\"height\":0}}}]}],"
	"\"framebuffers\":[{\"name\":\"" NASTY "\",\"width\":4294967295,\"height\":0}]},"
	"\"nobody\":{\"" NASTY "\":[1e308,-1e308,5e-324,null]}}";

const char plain_report[] = HEAD "\"agent\":{\"version\":\"" IGD_VERSION "\",\"request\":1},"
				 "\"pci\":{\"slot2\":null,\"lpc\":null,\"functions\":[]},"
				 "\"display\":{\"cards\":[],\"framebuffers\":[]}}";
