package dev.stoker.degrade;

import dev.stoker.base.Reading;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;

import java.util.Comparator;

/** Finds the process that holds a server's model. Stateless. */
public final class Runners {
    private Runners() {}

    /**
     * Returns it: for a server that starts a process for each model the youngest of those, else the
     * server itself.
     */
    public static Reading<HostProcess> find(ServerIdentity identity, HostSource host) {
        Reading<HostProcess> server = host.listener(identity.endpoint().port());
        if (!starts(identity.kind()) || !server.isKnown()) {
            return server;
        }
        return host.children(server.value().pid())
                .flatMap(children ->
                        children.stream()
                                .filter(p ->
                                        p.command().contains("runner")
                                                || p.command().contains("llama-server"))
                                .max(Comparator.comparingLong(HostProcess::pid))
                                .<Reading<HostProcess>>map(Reading::known)
                                .orElse(Reading.failed("the server has no process for a model")));
    }

    private static boolean starts(ServerKind kind) {
        return kind == ServerKind.OLLAMA
                || kind == ServerKind.LLAMA_ROUTER
                || kind == ServerKind.LLAMA_SWAP;
    }
}
