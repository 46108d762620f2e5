package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.server.state.ModelState;
import dev.stoker.watch.ModelView;

import java.util.ArrayList;
import java.util.List;

/** The models of a machine as CSV, one line each; an unknown figure is an empty field. */
final class StatusCsv {
    private StatusCsv() {}

    static List<String> lines(MachineStatus status) {
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "time,server,model,condition,total_bytes,on_gpu_bytes,"
                                        + "gpu_memory_bytes,context_length,slots,slots_busy,"
                                        + "expires_at"));
        for (ModelView view : status.now().models()) {
            ModelState model = view.state();
            lines.add(
                    Csv.line(
                            List.of(
                                    status.now().machine().time().toString(),
                                    view.server().url(),
                                    view.name(),
                                    model.condition().code(),
                                    bytes(model.total()),
                                    bytes(model.onGpu()),
                                    bytes(view.onGpus()),
                                    text(model.contextLength()),
                                    text(model.work().slots()),
                                    text(model.work().busySlots()),
                                    text(model.expiresAt()))));
        }
        return lines;
    }

    private static String bytes(Reading<Bytes> reading) {
        return reading.map(b -> Long.toString(b.count())).orElse("");
    }

    private static String text(Reading<?> reading) {
        return reading.map(String::valueOf).orElse("");
    }
}
