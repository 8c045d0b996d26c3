#include "ci/lab/gpu/ddc.h"

#define DDC_EDID     0x50
#define DDC_SEGMENT  0x30
#define SEGMENT_SIZE 256u
#define CHECKSUM_AT  127u

bool ddc_address(struct ddc *ddc, uint8_t address)
{
	ddc->selected = ddc->edid && (address == DDC_EDID || address == DDC_SEGMENT);
	ddc->address = address;
	ddc->first = true;
	return ddc->selected;
}

void ddc_write(struct ddc *ddc, uint8_t byte)
{
	if (!ddc->selected || !ddc->first)
		return;
	ddc->first = false;
	if (ddc->address == DDC_SEGMENT)
		ddc->segment = byte;
	else
		ddc->offset = byte;
}

uint8_t ddc_read(struct ddc *ddc)
{
	size_t at = (size_t)ddc->segment * SEGMENT_SIZE + ddc->offset++;

	if (!ddc->selected || at >= ddc->size)
		return 0xff;
	return at == CHECKSUM_AT ? ddc->edid[at] ^ ddc->wrong : ddc->edid[at];
}

void ddc_stop(struct ddc *ddc)
{
	ddc->segment = 0;
	ddc->selected = false;
}
