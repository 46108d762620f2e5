package dev.stoker.host;

import dev.stoker.base.Reading;

/**
 * What a machine is, as far as measurements made on it depend on that. It does not change while the
 * machine runs. Immutable.
 *
 * @param name its host name
 * @param kernel the kernel's release
 * @param cpu the processor's name
 * @param cores how many logical processors there are
 * @param gpu the GPUs' names, several joined by {@code +}
 * @param driver the GPU driver's version
 */
public record Machine(
        Reading<String> name,
        Reading<String> kernel,
        Reading<String> cpu,
        Reading<String> cores,
        Reading<String> gpu,
        Reading<String> driver) {

    /** Returns a machine of which nothing is known. */
    public static Machine unknown(String reason) {
        return new Machine(
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason));
    }
}
