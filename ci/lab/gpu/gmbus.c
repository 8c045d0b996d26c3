#include "ci/lab/gpu/gmbus.h"

#include "ci/lab/gpu/gpu.h"

/* Offsets from GMBUS0; bits as Linux' i915_reg.h and intel_gmbus_regs.h name them. */
#define GMBUS1 0x4
#define GMBUS2 0x8
#define GMBUS3 0xc

#define GMBUS_PIN_MASK    0x7u
#define GMBUS_SW_CLR_INT  (1u << 31)
#define GMBUS_SW_RDY      (1u << 30)
#define GMBUS_CYCLE_MASK  (7u << 25)
#define GMBUS_CYCLE_INDEX (2u << 25)
#define GMBUS_CYCLE_STOP  (4u << 25)
#define GMBUS_INUSE       (1u << 15)
#define GMBUS_HW_WAIT     (1u << 14)
#define GMBUS_HW_RDY      (1u << 11)
#define GMBUS_SATOER      (1u << 10)
#define GMBUS_ACTIVE      (1u << 9)

static uint32_t byte_count(uint32_t command)
{
	return command >> 16 & 0x1ff;
}

static uint8_t address_of(uint32_t command)
{
	return command >> 1 & 0x7f;
}

void gmbus_reset(struct gpu *gpu)
{
	gpu->gmbus = (struct gmbus){ 0 };
}

/* Brings the next bytes of a read into GMBUS3, the first of them lowest. */
static void fill_data(struct gpu *gpu)
{
	struct gmbus *gmbus = &gpu->gmbus;

	gmbus->data = 0;
	for (uint32_t i = 0; i < 4 && gmbus->left > 0; i++, gmbus->left--)
		gmbus->data |= (uint32_t)ddc_read(&gpu->ddc) << (8 * i);
}

/* Sends what the driver put into GMBUS3. */
static void send_data(struct gpu *gpu)
{
	struct gmbus *gmbus = &gpu->gmbus;

	for (uint32_t i = 0; i < 4 && gmbus->left > 0; i++, gmbus->left--)
		ddc_write(&gpu->ddc, (uint8_t)(gmbus->data >> (8 * i)));
	gmbus->waiting = gmbus->left == 0;
}

static void begin_cycle(struct gpu *gpu, uint32_t command)
{
	struct gmbus *gmbus = &gpu->gmbus;
	uint32_t pin = reg_get(&gpu->registers, gpu->generation->gmbus) & GMBUS_PIN_MASK;

	gmbus->waiting = false;
	gmbus->left = byte_count(command);
	gmbus->reading = command & 1;
	gmbus->nak = !gpu->plugged || pin == 0 || pin != gpu->wiring->gmbus_pin ||
		     !ddc_address(&gpu->ddc, address_of(command));
	gmbus->active = !gmbus->nak;
	if (gmbus->nak)
		return;
	if (command & GMBUS_CYCLE_INDEX)
		ddc_write(&gpu->ddc, (uint8_t)(command >> 8));
	if (gmbus->reading)
		fill_data(gpu);
	else
		send_data(gpu);
}

static void command_written(struct gpu *gpu, uint32_t command)
{
	struct gmbus *gmbus = &gpu->gmbus;

	if (command & GMBUS_SW_CLR_INT) {
		gmbus->nak = gmbus->active = gmbus->waiting = false;
		ddc_stop(&gpu->ddc);
	} else if (!(command & GMBUS_SW_RDY)) {
		return;
	} else if ((command & GMBUS_CYCLE_MASK) == GMBUS_CYCLE_STOP) {
		gmbus->active = gmbus->waiting = false;
		ddc_stop(&gpu->ddc);
	} else {
		begin_cycle(gpu, command);
	}
}

static uint32_t status(struct gpu *gpu)
{
	struct gmbus *gmbus = &gpu->gmbus;
	uint32_t value = gmbus->in_use ? GMBUS_INUSE : 0;

	/* A read takes the bus: the next reader sees that it is in use. */
	gmbus->in_use = true;
	if (gmbus->nak)
		return value | GMBUS_SATOER;
	if (gmbus->active)
		value |= GMBUS_ACTIVE | GMBUS_HW_RDY | (gmbus->waiting ? GMBUS_HW_WAIT : 0);
	return value;
}

static uint32_t gmbus_read(struct gpu *gpu, uint32_t at)
{
	struct gmbus *gmbus = &gpu->gmbus;
	uint32_t value;

	switch (at - gpu->generation->gmbus) {
	case GMBUS2:
		return status(gpu);
	case GMBUS3:
		value = gmbus->data;
		if (!gmbus->active || !gmbus->reading)
			return value;
		if (gmbus->left > 0)
			fill_data(gpu);
		else
			gmbus->waiting = true;
		return value;
	default:
		return reg_get(&gpu->registers, at);
	}
}

static void gmbus_written(struct gpu *gpu, uint32_t at, uint32_t value)
{
	switch (at - gpu->generation->gmbus) {
	case GMBUS1:
		command_written(gpu, value);
		break;
	case GMBUS2:
		if (value & GMBUS_INUSE)
			gpu->gmbus.in_use = false;
		break;
	case GMBUS3:
		gpu->gmbus.data = value;
		if (gpu->gmbus.active && !gpu->gmbus.reading)
			send_data(gpu);
		break;
	}
}

const struct reg_handler gmbus_handler = { .read = gmbus_read, .written = gmbus_written };

/*
 * Each of clock (bits 4:0) and data (12:8) has a mask for its direction, the direction, a mask for
 * its value, the value, and the pin's own level. The bus has pull-ups and nobody on it: a pin is
 * high unless it is driven low. With zeros there a driver that tries waits for a stretched clock.
 */
#define GPIO_DIR_MASK   0x01u
#define GPIO_DIR_OUT    0x02u
#define GPIO_VAL_MASK   0x04u
#define GPIO_VAL_OUT    0x08u
#define GPIO_VAL_IN     0x10u
#define GPIO_DATA_SHIFT 8

static uint32_t gpio_level(uint32_t pin)
{
	return (pin & GPIO_DIR_OUT) && !(pin & GPIO_VAL_OUT) ? 0 : GPIO_VAL_IN;
}

static uint32_t gpio_read(struct gpu *gpu, uint32_t at)
{
	uint32_t value = reg_get(&gpu->registers, at);

	return value | gpio_level(value) | gpio_level(value >> GPIO_DATA_SHIFT) << GPIO_DATA_SHIFT;
}

static void gpio_written(struct gpu *gpu, uint32_t at, uint32_t value)
{
	for (int shift = 0; shift <= GPIO_DATA_SHIFT; shift += GPIO_DATA_SHIFT) {
		if (value >> shift & GPIO_DIR_MASK)
			reg_change(&gpu->registers, at, GPIO_DIR_OUT << shift, value);
		if (value >> shift & GPIO_VAL_MASK)
			reg_change(&gpu->registers, at, GPIO_VAL_OUT << shift, value);
	}
}

const struct reg_handler gpio_handler = { .read = gpio_read, .written = gpio_written };
