package dev.stoker.memory.llama;

import dev.stoker.base.Bytes;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.Provenance;

import java.util.Map;

/**
 * What a server's process takes beyond its own buffers.
 *
 * @param devices driver context and pools, for each GPU of a kind
 * @param host the process's own memory on the host
 * @param packing how its code for the processor stores weights
 */
public record Overheads(Map<DeviceKind, Fixed> devices, Fixed host, HostPacking packing) {
    public Overheads {
        devices = Map.copyOf(devices);
    }

    /**
     * A fixed amount.
     *
     * @param because from what it follows
     */
    public record Fixed(Bytes bytes, Bytes low, Bytes high, Provenance provenance, String because) {

        static Fixed assumed(double mib, double low, double high, String because) {
            return new Fixed(
                    Bytes.mib(mib), Bytes.mib(low), Bytes.mib(high), Provenance.ASSUMED, because);
        }
    }

    private static final Fixed NOTHING = Fixed.assumed(0, 0, 0, "nothing beyond its buffers");

    /**
     * Returns usual values. A CUDA context takes 107 MiB on an RTX 4060 Ti and 555 MiB on an RTX
     * PRO 6000, cuBLAS and pools come on top (749 MiB unaccounted there); Ollama reckons 457 MiB.
     */
    public static Overheads usual(HostPacking packing) {
        return new Overheads(
                Map.of(
                        DeviceKind.CUDA,
                        Fixed.assumed(400, 107, 750, "CUDA context and pools"),
                        DeviceKind.ROCM,
                        Fixed.assumed(400, 150, 800, "ROCm context and pools"),
                        DeviceKind.VULKAN,
                        Fixed.assumed(80, 0, 250, "Vulkan pipelines and staging"),
                        DeviceKind.SYCL,
                        Fixed.assumed(250, 100, 500, "Level Zero context"),
                        DeviceKind.METAL,
                        Fixed.assumed(60, 0, 200, "Metal pipelines")),
                Fixed.assumed(160, 60, 400, "process, vocabulary, HTTP"),
                packing);
    }

    /** Returns nothing at all: only the buffers that the server itself tells. */
    public static Overheads none(HostPacking packing) {
        return new Overheads(Map.of(), NOTHING, packing);
    }

    Fixed of(DeviceKind kind) {
        return devices.getOrDefault(kind, NOTHING);
    }

    /** Returns the same with another amount for a kind of device. */
    public Overheads with(DeviceKind kind, Fixed fixed) {
        Map<DeviceKind, Fixed> changed = new java.util.EnumMap<>(DeviceKind.class);
        changed.putAll(devices);
        changed.put(kind, fixed);
        return new Overheads(changed, host, packing);
    }

    /** Returns the same with another amount for the host. */
    public Overheads withHost(Fixed fixed) {
        return new Overheads(devices, fixed, packing);
    }
}
