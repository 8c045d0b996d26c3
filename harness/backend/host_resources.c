#include "harness/backend/host_resources.h"

#include <sched.h>
#include <string.h>

unsigned int host_resources_cpus(void)
{
	cpu_set_t cpus;

	return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (unsigned int)CPU_COUNT(&cpus) : 0;
}

uint64_t host_resources_memory_mib(FILE *meminfo)
{
	unsigned long long kib = 0;
	char line[128];

	while (meminfo && fgets(line, sizeof(line), meminfo)) {
		if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
			break;
	}
	return kib / 1024;
}
