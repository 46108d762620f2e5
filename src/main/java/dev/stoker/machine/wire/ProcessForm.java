package dev.stoker.machine.wire;

import dev.stoker.host.HostContainer;
import dev.stoker.host.HostProcess;
import dev.stoker.host.ProcessDetails;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;

/** The form of what the kernel tells of a process. Pure. */
final class ProcessForm {
    /** Runs in no container, which is known. */
    private static final String NONE = "none";

    private ProcessForm() {}

    static JsonNode write(ProcessDetails details) {
        HostProcess process = details.process();
        ObjectNode o = Json.object();
        o.put("pid", process.pid()).put("parent", process.parent());
        o.put("name", process.name()).put("command", process.command());
        Form.putText(o, "user", details.user());
        Form.putText(o, "started", details.started().map(Object::toString));
        Form.putNumber(o, "cpu_percent", details.cpuPercent());
        Form.putBytes(o, "resident_bytes", details.resident());
        Form.put(o, "container", details.container(), ProcessForm::container);
        return o;
    }

    static ProcessDetails read(JsonNode o) {
        return new ProcessDetails(
                new HostProcess(
                        Form.whole(o, "pid"),
                        Form.whole(o, "parent"),
                        Form.text(o, "name"),
                        Form.text(o, "command")),
                Form.texts(o, "user"),
                Form.times(o, "started"),
                Form.numbers(o, "cpu_percent"),
                Form.bytes(o, "resident_bytes"),
                Form.reading(o, "container", ProcessForm::readContainer));
    }

    private static JsonNode container(Optional<HostContainer> container) {
        if (container.isEmpty()) {
            return JsonNodeFactory.instance.stringNode(NONE);
        }
        HostContainer is = container.get();
        return Json.object()
                .put("engine", is.engine())
                .put("id", is.id())
                .put("pod_id", is.podId())
                .put("pod", is.pod());
    }

    private static Optional<HostContainer> readContainer(JsonNode at) {
        if (at.isString() && at.stringValue().equals(NONE)) {
            return Optional.empty();
        }
        return Optional.of(
                new HostContainer(
                        Form.text(at, "engine"),
                        Form.text(at, "id"),
                        Form.text(at, "pod_id"),
                        Form.text(at, "pod")));
    }
}
