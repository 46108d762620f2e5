package dev.stoker.cli;

import dev.stoker.alert.Alerter;
import dev.stoker.alert.Notice;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.host.HostSource;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.server.discovery.Search;
import dev.stoker.warm.Desired;
import dev.stoker.warm.Keeper;
import dev.stoker.warm.NotesFile;
import dev.stoker.warm.NotesStore;
import dev.stoker.warm.Room;
import dev.stoker.warm.ServerHands;
import dev.stoker.warm.WarmNotices;
import dev.stoker.warm.WarmSet;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Keeps models ready on one server or several: a keeper and, where it goes on, a thread for each.
 * Made and closed by one thread.
 */
final class WarmLanes implements AutoCloseable {
    private final List<Lane> lanes = new ArrayList<>();
    private final Cancellation cancellation;
    private final Clock clock;
    private final Map<String, Keeper.Round> last =
            Collections.synchronizedMap(new LinkedHashMap<>());

    /** One server. */
    private record Lane(
            String url,
            ServerHands hands,
            @Nullable NotesFile file,
            Keeper keeper,
            @Nullable MemoryShare memory) {}

    /**
     * What the lanes are made with.
     *
     * @param hosts what can be seen of a server's host
     * @param rooms whether models have room together on a server
     * @param memory how full the memory for models is, where that can be seen
     * @param asker tells from where a model's load was asked for; empty if that is not known
     * @param notes the folder of what is remembered
     * @param log takes what happens, a line each
     */
    record Setting(
            WarmSet.Care care,
            ApiKey key,
            Function<Endpoint, HostSource> hosts,
            Function<Endpoint, Room> rooms,
            Function<Endpoint, Optional<MemoryShare>> memory,
            UnaryOperator<String> asker,
            Path notes,
            Consumer<String> log) {}

    WarmLanes(
            Map<Endpoint, List<Desired>> wanted,
            Setting setting,
            Clock clock,
            Cancellation cancellation) {
        this.cancellation = cancellation;
        this.clock = clock;
        wanted.forEach((endpoint, models) -> lanes.add(lane(endpoint, models, setting)));
    }

    /** Returns which models are wanted where; a file may name several servers. */
    static Map<Endpoint, List<Desired>> wanted(
            List<Desired> models, List<String> servers, Map<String, String> env, ApiKey key) {
        Map<Endpoint, List<Desired>> wanted = new LinkedHashMap<>();
        Optional<Endpoint> usual = Optional.empty();
        for (Desired model : models) {
            Endpoint endpoint;
            if (model.server().isPresent()) {
                endpoint = Discovery.addresses(List.of(model.server().get()), env).getFirst();
            } else {
                if (usual.isEmpty()) {
                    usual = Optional.of(usual(servers, env, key));
                }
                endpoint = usual.get();
            }
            wanted.computeIfAbsent(endpoint, _ -> new ArrayList<>()).add(model);
        }
        return wanted;
    }

    private static Endpoint usual(List<String> servers, Map<String, String> env, ApiKey key) {
        List<Endpoint> addresses = Discovery.addresses(servers, env);
        if (addresses.size() == 1) {
            return addresses.getFirst();
        }
        Search search = Discovery.find(servers, env, Clock.system(), key);
        return search.server().map(s -> s.identity().endpoint()).orElse(addresses.getFirst());
    }

    /**
     * Returns the file of what was told of these servers: processes that keep models of others
     * ready have files of their own.
     */
    static Path alertsFile(Path folder, Set<Endpoint> servers) {
        List<String> names = servers.stream().map(e -> e.host() + "-" + e.port()).sorted().toList();
        String which =
                names.size() == 1
                        ? names.getFirst().replaceAll("[^A-Za-z0-9.-]+", "-")
                        : Integer.toHexString(names.hashCode());
        return folder.resolve("alerts-warm-" + which + ".json");
    }

    private Lane lane(Endpoint endpoint, List<Desired> models, Setting setting) {
        Set<String> names =
                models.stream().map(Desired::model).collect(Collectors.toUnmodifiableSet());
        ServerHands hands =
                new ServerHands(
                        endpoint,
                        setting.key(),
                        setting.hosts().apply(endpoint),
                        names,
                        clock,
                        cancellation);
        Path path = NotesFile.of(setting.notes(), endpoint.host() + "-" + endpoint.port());
        Optional<NotesFile> file =
                setting.care().loads() ? open(path, endpoint, setting.log()) : Optional.empty();
        NotesStore store = file.isPresent() ? file.get() : NotesStore.none(NotesFile.look(path));
        WarmSet set =
                new WarmSet(
                        models,
                        setting.care().loads() ? setting.rooms().apply(endpoint) : Room.unknown(),
                        setting.care(),
                        ZoneId.systemDefault());
        return new Lane(
                endpoint.url(),
                hands,
                file.orElse(null),
                new Keeper(set, hands, store, clock, setting.log(), setting.asker()),
                setting.memory().apply(endpoint).orElse(null));
    }

    private static Optional<NotesFile> open(Path path, Endpoint endpoint, Consumer<String> log) {
        try {
            Optional<NotesFile> file = NotesFile.open(path);
            if (file.isEmpty()) {
                throw UserError.wrongUse(
                        "Another Stoker keeps models of " + endpoint.url() + " ready already.",
                        "Look with 'stoker warm --check', or end the other one first.");
            }
            return file;
        } catch (IOException e) {
            log.accept(
                    "What is done can't be noted in "
                            + path
                            + " ("
                            + Text.plain(String.valueOf(e.getMessage()), 200)
                            + "): a restart would not know it.");
            return Optional.empty();
        }
    }

    /** Does all that is to be done now, on all servers, one after the other. */
    Map<String, Keeper.Round> once() throws InterruptedException {
        for (Lane lane : lanes) {
            last.put(lane.url(), lane.keeper().round());
            lane.keeper().told();
        }
        return rounds();
    }

    /** Returns what the last rounds came to. */
    Map<String, Keeper.Round> rounds() {
        synchronized (last) {
            return new LinkedHashMap<>(last);
        }
    }

    /** Returns what looks at the memory of a server's host, where that is this one. */
    static Optional<MemoryShare> memory(MachineWatcher machines, Endpoint server, Clock clock) {
        return machines.hostOf(server).isLocal()
                ? Optional.of(new MemoryShare(machines, server, clock))
                : Optional.empty();
    }

    /** Goes on until the thread is interrupted. */
    void watch(Duration every, Alerter alerter, Runnable rounded) throws InterruptedException {
        Map<String, List<Notice>> notices = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (Lane lane : lanes) {
            threads.add(
                    Thread.ofVirtual()
                            .name("warm " + lane.url())
                            .start(() -> keep(lane, every, alerter, rounded, notices)));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } finally {
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join(Duration.ofSeconds(5));
            }
        }
    }

    private void keep(
            Lane lane,
            Duration every,
            Alerter alerter,
            Runnable rounded,
            Map<String, List<Notice>> notices) {
        try {
            while (!cancellation.isCancelled()) {
                Keeper.Round round = lane.keeper().round();
                if (cancellation.isCancelled()) {
                    return;
                }
                last.put(lane.url(), round);
                notices.put(lane.url(), WarmNotices.of(lane.url(), round, used(lane)));
                if (notices.size() == lanes.size()) {
                    // Before that, what is not known yet would count as over.
                    alerter.take(notices.values().stream().flatMap(List::stream).toList());
                    lane.keeper().told();
                }
                rounded.run();
                clock.sleep(every);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static OptionalDouble used(Lane lane) throws InterruptedException {
        MemoryShare memory = lane.memory();
        return memory == null ? OptionalDouble.empty() : memory.used();
    }

    @Override
    public void close() {
        for (Lane lane : lanes) {
            MemoryShare memory = lane.memory();
            if (memory != null) {
                memory.close();
            }
            lane.hands().close();
            NotesFile file = lane.file();
            if (file != null) {
                try {
                    file.close();
                } catch (IOException e) {
                    // The lock ends with the process at the latest.
                }
            }
        }
    }
}
