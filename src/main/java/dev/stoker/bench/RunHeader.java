package dev.stoker.bench;

import java.util.List;
import java.util.Optional;

/**
 * What a run was asked and where: written before its first step, so that it can be resumed and
 * reported from its files alone.
 *
 * @param id the run's name, also that of its folder
 * @param startedEpochMillis wall time
 * @param stokerVersion of the program that started it
 * @param serverKind stable name of the server's kind
 * @param serverTitle kind and version for people
 * @param serverVersion the server's version; empty if unknown
 * @param serverUrl where
 * @param simulatedBox the simulated box's name, when it is one
 * @param simulatedSpeed simulated seconds a wall second
 * @param request what was asked, with the models by name in the run's order
 * @param models the models as the server described them
 */
public record RunHeader(
        String id,
        long startedEpochMillis,
        String stokerVersion,
        String serverKind,
        String serverTitle,
        String serverVersion,
        String serverUrl,
        Optional<String> simulatedBox,
        double simulatedSpeed,
        BenchRequest request,
        List<Model> models) {
    public RunHeader {
        models = List.copyOf(models);
    }

    /**
     * @param quantization empty if unknown
     * @param fileBytes −1 if unknown
     * @param expectedBytes the estimate of the plan
     * @param skip why it is not run; empty if it is
     */
    public record Model(
            String name, String quantization, long fileBytes, long expectedBytes, String skip) {}
}
