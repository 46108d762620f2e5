package dev.stoker.degrade;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.SteppingClock;
import dev.stoker.control.NoControl;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.host.HostSample;
import dev.stoker.host.NoHost;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.BoxFile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A run on a simulated box that has no sockets. */
final class DegradeRig {
    static final String MODEL = "gpt-oss:20b";

    final SteppingClock clock = new SteppingClock();
    final Faults faults = new Faults();
    final Cancellation cancellation = new Cancellation();
    final List<Remedy> applied = new ArrayList<>();
    final EngineServer server;
    final DegradeContext context;
    private final Engine engine;
    private final DegradeFolder folder;
    private final DegradeHeader header;

    DegradeRig(Path results, String id, int cycles, boolean remedies) {
        engine = new Engine(BoxFile.load("thor"), clock, faults);
        server = new EngineServer(engine);
        NoHost host = new NoHost("not looked at");
        context =
                new DegradeContext(
                        server,
                        clock,
                        host,
                        () ->
                                HostSample.ofMemory(
                                        host.memory(), clock.now(), clock.nanos(), "not here"),
                        new GpuCollector(List.of(), Clock.system()),
                        ServerWords.unknown("no log"),
                        new NoControl("nothing to restart"),
                        hands(),
                        "test");
        header =
                new DegradeHeader(
                        id,
                        0,
                        "test",
                        "ollama",
                        "Ollama",
                        "http://127.0.0.1:1",
                        "thor",
                        1,
                        MODEL,
                        cycles,
                        48,
                        Design.TOLERANCE,
                        remedies);
        folder = DegradeFolder.create(results, header);
    }

    private RemedyHands hands() {
        return new RemedyHands() {
            @Override
            public Reading<String> means(Remedy remedy) {
                return remedy == Remedy.RECREATE || remedy == Remedy.REBOOT
                        ? Reading.unsupported("not here")
                        : Reading.known("a test");
            }

            @Override
            public void apply(Remedy remedy, Cancellation never) {
                applied.add(remedy);
                try {
                    engine.remedy(remedy.code());
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    DegradeRig degrade(String cause, int cycles) {
        faults.set("degrade", true, Map.of("cause", cause, "cycles", Integer.toString(cycles)));
        return this;
    }

    DegradeRig unsteady(int percent) {
        faults.set("unsteady", true, Map.of("percent", Integer.toString(percent)));
        return this;
    }

    DegradeRunner.Ending run(boolean agree) throws Exception {
        try (DegradeJournal journal = DegradeJournal.open(folder)) {
            return new DegradeRunner(context, header, journal, Talk.silent(agree), cancellation)
                    .run();
        }
    }

    DegradeFolder folder() {
        return folder;
    }

    DegradeReport report() {
        return DegradeReport.of(folder.read());
    }
}
