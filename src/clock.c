#include "src/clock.h"

long long clock_ms(clockid_t id)
{
	struct timespec now = { 0 };

	clock_gettime(id, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
