package dev.stoker.plan.calibrate;

import dev.stoker.base.Bytes;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.Provenance;
import dev.stoker.memory.llama.Overheads;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * What a llama-server took on this host beyond the buffers that it told.
 *
 * @param host of the process, in the host's memory
 * @param devices on a device of each kind that was used
 * @param model with which it was measured
 * @param program that was started
 */
public record Measured(
        Bytes host, Map<DeviceKind, Bytes> devices, String model, String program, Instant at) {
    /** Two starts of one program differ by less; a large model's tables take more. */
    private static final double LOW = 0.85;

    private static final double HIGH = 1.25;
    private static final Bytes SLACK = Bytes.mib(48);

    public Measured {
        devices = Map.copyOf(devices);
    }

    /** Returns usual values with what was measured in their place. */
    public Overheads over(Overheads usual) {
        Overheads changed = usual.withHost(fixed(host));
        for (Map.Entry<DeviceKind, Bytes> device : devices.entrySet()) {
            changed = changed.with(device.getKey(), fixed(device.getValue()));
        }
        return changed;
    }

    private Overheads.Fixed fixed(Bytes bytes) {
        return new Overheads.Fixed(
                bytes,
                Bytes.of(Math.round(bytes.count() * LOW)),
                Bytes.of(Math.round(bytes.count() * HIGH)).plus(SLACK),
                Provenance.CALIBRATED,
                "measured here on " + at.atOffset(ZoneOffset.UTC).toLocalDate() + " with " + model);
    }
}
