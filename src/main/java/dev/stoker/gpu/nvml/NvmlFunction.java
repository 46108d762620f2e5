package dev.stoker.gpu.nvml;

import java.util.List;

/**
 * The functions of NVML that are called, each with its generations, newest first. Generations that
 * take another struct are functions of their own here. None of them changes anything.
 *
 * <p>Source: NVML API reference, nvml.h of CUDA 13.
 */
enum NvmlFunction {
    INIT("nvmlInit_v2", "nvmlInit"),
    SHUTDOWN("nvmlShutdown"),
    DRIVER_VERSION("nvmlSystemGetDriverVersion"),
    CUDA_VERSION("nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion"),

    COUNT("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"),
    HANDLE("nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"),
    NAME("nvmlDeviceGetName"),
    UUID("nvmlDeviceGetUUID"),
    PCI_INFO("nvmlDeviceGetPciInfo_v3"),
    PCI_INFO_OLD("nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo"),

    UTILISATION("nvmlDeviceGetUtilizationRates"),
    MEMORY("nvmlDeviceGetMemoryInfo_v2"),
    MEMORY_OLD("nvmlDeviceGetMemoryInfo"),
    TEMPERATURE("nvmlDeviceGetTemperatureV"),
    TEMPERATURE_OLD("nvmlDeviceGetTemperature"),
    TEMPERATURE_MARK("nvmlDeviceGetTemperatureThreshold"),
    POWER("nvmlDeviceGetPowerUsage"),
    POWER_LIMIT("nvmlDeviceGetEnforcedPowerLimit", "nvmlDeviceGetPowerManagementLimit"),
    ENERGY("nvmlDeviceGetTotalEnergyConsumption"),
    FAN_COUNT("nvmlDeviceGetNumFans"),
    FAN_OF("nvmlDeviceGetFanSpeed_v2"),
    FAN("nvmlDeviceGetFanSpeed"),
    CLOCK("nvmlDeviceGetClockInfo"),
    CLOCK_MAX("nvmlDeviceGetMaxClockInfo"),
    PERFORMANCE_STATE("nvmlDeviceGetPerformanceState", "nvmlDeviceGetPowerState"),
    THROTTLE_REASONS(
            "nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"),
    PCIE_GENERATION("nvmlDeviceGetCurrPcieLinkGeneration"),
    PCIE_GENERATION_MAX("nvmlDeviceGetMaxPcieLinkGeneration"),
    PCIE_WIDTH("nvmlDeviceGetCurrPcieLinkWidth"),
    PCIE_WIDTH_MAX("nvmlDeviceGetMaxPcieLinkWidth"),
    PCIE_THROUGHPUT("nvmlDeviceGetPcieThroughput"),
    ENCODER("nvmlDeviceGetEncoderUtilization"),
    DECODER("nvmlDeviceGetDecoderUtilization"),
    ECC_MODE("nvmlDeviceGetEccMode"),
    ECC_ERRORS("nvmlDeviceGetTotalEccErrors"),
    REMAPPED_ROWS("nvmlDeviceGetRemappedRows"),
    NVLINK_STATE("nvmlDeviceGetNvLinkState"),
    FIELD_VALUES("nvmlDeviceGetFieldValues"),

    MIG_MODE("nvmlDeviceGetMigMode"),
    MIG_COUNT("nvmlDeviceGetMaxMigDeviceCount"),
    MIG_HANDLE("nvmlDeviceGetMigDeviceHandleByIndex"),
    MIG_GPU_INSTANCE("nvmlDeviceGetGpuInstanceId"),
    MIG_COMPUTE_INSTANCE("nvmlDeviceGetComputeInstanceId"),
    MIG_ATTRIBUTES("nvmlDeviceGetAttributes_v2", "nvmlDeviceGetAttributes"),

    COMPUTE_PROCESSES(
            "nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetComputeRunningProcesses_v2"),
    COMPUTE_PROCESSES_OLD("nvmlDeviceGetComputeRunningProcesses"),
    GRAPHICS_PROCESSES(
            "nvmlDeviceGetGraphicsRunningProcesses_v3", "nvmlDeviceGetGraphicsRunningProcesses_v2"),
    GRAPHICS_PROCESSES_OLD("nvmlDeviceGetGraphicsRunningProcesses"),
    MPS_PROCESSES(
            "nvmlDeviceGetMPSComputeRunningProcesses_v3",
            "nvmlDeviceGetMPSComputeRunningProcesses_v2"),
    MPS_PROCESSES_OLD("nvmlDeviceGetMPSComputeRunningProcesses"),
    PROCESS_UTILISATION("nvmlDeviceGetProcessUtilization");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> symbols;

    NvmlFunction(String... symbols) {
        this.symbols = List.of(symbols);
    }

    /** Returns the names to look up, newest first. */
    List<String> symbols() {
        return symbols;
    }
}
