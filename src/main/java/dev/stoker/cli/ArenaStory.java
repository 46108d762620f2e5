package dev.stoker.cli;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpExchange;
import dev.stoker.server.ApiKey;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerException;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.sim.SimHost;
import dev.stoker.sim.SimServer;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.BoxFile;
import dev.stoker.warm.Desired;
import dev.stoker.warm.Keeper;
import dev.stoker.warm.Notes;
import dev.stoker.warm.NotesStore;
import dev.stoker.warm.Room;
import dev.stoker.warm.ServerHands;
import dev.stoker.warm.TickResult;
import dev.stoker.warm.WarmSet;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The story of a cloud machine behind a chat arena, whose answers took over a minute: the models
 * had left the memory. The same visits, first as it was, then with {@code stoker warm}. Used by one
 * thread.
 */
final class ArenaStory {
    private static final List<String> MODELS = List.of("llama3.1:8b", "mistral:7b", "qwen3:8b");
    private static final Duration QUIET = Duration.ofMinutes(6);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final PrintWriter out;
    private final PrintWriter err;
    private final double speed;

    ArenaStory(PrintWriter out, PrintWriter err, double speed) {
        this.out = out;
        this.err = err;
        this.speed = speed;
    }

    ExitCode play() throws IOException, ServerException {
        err.println("SIMULATION, no real server: " + BoxFile.load("a10g").title() + ".");
        err.flush();
        out.println("SIMULATED (simulated time; the story was measured on a real machine)");
        out.println();
        try (Interrupts interrupts = new Interrupts()) {
            play(interrupts.cancellation());
        } catch (InterruptedException e) {
            throw new UserError(ExitCode.INTERRUPTED, "The demonstration was interrupted.", "", e);
        }
        out.println();
        out.println("On a real server:  stoker warm --watch " + String.join(" ", MODELS));
        out.println("As a service:      stoker service install --user -- warm --watch …");
        out.flush();
        return ExitCode.DONE;
    }

    private void play(Cancellation cancellation)
            throws IOException, InterruptedException, ServerException {
        try (SimServer sim = SimServer.start(BoxFile.load("a10g"), 0, speed, new Faults())) {
            Endpoint endpoint = Endpoint.parse(sim.url());
            Clock clock = Discovery.open(endpoint, Clock.system(), ApiKey.none()).clock();
            try (ServerHands hands =
                    new ServerHands(
                            endpoint,
                            ApiKey.none(),
                            new SimHost(new HttpExchange(endpoint, Clock.system())),
                            Set.copyOf(MODELS),
                            clock,
                            cancellation)) {
                out.println("As it was: Ollama forgets a model after 5 minutes without a request.");
                visit("first visitor", hands);
                clock.sleep(QUIET);
                visit("6 minutes later", hands);
                out.println();
                out.println("With 'stoker warm --watch':");
                Keeper keeper = keeper(hands, clock);
                keeper.round();
                for (long waited = 0; waited < QUIET.toSeconds(); waited += EVERY.toSeconds()) {
                    clock.sleep(EVERY);
                    if (waited == EVERY.toSeconds()) {
                        out.println("  (somebody types: ollama stop mistral:7b)");
                        hands.unload("mistral:7b");
                    }
                    keeper.round();
                }
                visit("6 minutes later", hands);
            }
        }
    }

    private Keeper keeper(ServerHands hands, Clock clock) {
        WarmSet set =
                new WarmSet(
                        MODELS.stream().map(Desired::of).toList(),
                        Room.unknown(),
                        WarmSet.Care.KEEP,
                        ZoneId.systemDefault());
        return new Keeper(
                set,
                hands,
                NotesStore.none(new Notes()),
                clock,
                line -> out.println("  stoker: " + line));
    }

    private void visit(String when, ServerHands hands) throws InterruptedException {
        out.printf(Locale.ROOT, "  %-16s first token after", when);
        for (String model : MODELS) {
            TickResult answer = hands.tick(model, RunnerOptions.defaults());
            out.printf(Locale.ROOT, "  %s %.1f s", model, answer.ttftMillis() / 1000);
            out.flush();
        }
        out.println();
        out.flush();
    }
}
