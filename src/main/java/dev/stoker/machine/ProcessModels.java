package dev.stoker.machine;

import dev.stoker.host.HostProcess;
import dev.stoker.host.ProcessDetails;
import dev.stoker.host.ProcessSampler;
import dev.stoker.server.state.ServedModels;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says which model a process computes: as its server says; else by the file that its command line
 * names; else as its parent, since engines compute in children of the process that listens. Used by
 * one thread.
 */
final class ProcessModels implements AutoCloseable {
    /** API server → engine → worker → tensor-parallel worker. */
    private static final int GENERATIONS = 4;

    private static final Set<String> MODEL_OPTIONS = Set.of("-m", "--model", "--model-path");

    private final ProcessSampler parents;

    ProcessModels(ProcessSampler parents) {
        this.parents = parents;
    }

    /** Returns the models of those processes that are known to compute one, by their numbers. */
    Map<Long, String> of(Map<Long, ProcessDetails> processes, ServedModels models) {
        Map<Long, String> found = new HashMap<>();
        if (models.models().isEmpty()) {
            return found;
        }
        Map<Long, Optional<HostProcess>> above = new HashMap<>();
        processes.forEach((pid, details) ->
                model(details.process(), models, above).ifPresent(m -> found.put(pid, m)));
        parents.keepOnly(above.keySet());
        return found;
    }

    /**
     * @param above the parents that were looked at for other processes
     */
    private Optional<String> model(
            HostProcess process, ServedModels models, Map<Long, Optional<HostProcess>> above) {
        Set<Long> seen = new HashSet<>();
        HostProcess at = process;
        for (int i = 0; i < GENERATIONS && seen.add(at.pid()); i++) {
            Optional<String> name = own(at, models);
            long parent = at.parent();
            if (name.isPresent() || parent <= 1) {
                return name;
            }
            Optional<HostProcess> next = above.computeIfAbsent(parent, parents::process);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            at = next.get();
        }
        return Optional.empty();
    }

    private static Optional<String> own(HostProcess process, ServedModels models) {
        return models.ofProcess(process.pid())
                .or(() -> file(process.command()).flatMap(f -> only(models.ofFile(f))))
                .map(ServedModels.Served::name);
    }

    /** Two servers may serve one file: then the file does not tell. */
    private static Optional<ServedModels.Served> only(List<ServedModels.Served> served) {
        return served.size() == 1 ? Optional.of(served.getFirst()) : Optional.empty();
    }

    /** Returns the file that a command line names as its model. */
    static Optional<String> file(String command) {
        if (!command.contains("-m")) {
            return Optional.empty();
        }
        String[] words = command.split(" ", -1);
        for (int i = 0; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals > 0 && MODEL_OPTIONS.contains(words[i].substring(0, equals))) {
                return Optional.of(words[i].substring(equals + 1));
            }
            if (MODEL_OPTIONS.contains(words[i]) && i + 1 < words.length) {
                return Optional.of(words[i + 1]);
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        parents.close();
    }
}
