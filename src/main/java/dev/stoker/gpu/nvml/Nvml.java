package dev.stoker.gpu.nvml;

/** What answers NVML's functions: a driver's library, or a rehearsal. Used by one thread. */
@FunctionalInterface
interface Nvml {

    /**
     * Calls a function with up to five integers or addresses; those that it does not have are 0.
     *
     * @return NVML's code; {@link NvmlReturn#FUNCTION_NOT_FOUND} where there is no such function
     */
    int call(NvmlFunction function, long a, long b, long c, long d, long e);
}
