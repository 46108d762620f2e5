package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.json.Json;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;
import dev.stoker.machine.wire.SampleJson;
import dev.stoker.rules.Alert;
import dev.stoker.server.ApiKey;
import dev.stoker.tui.feed.Feed;
import dev.stoker.tui.feed.LiveFeed;
import dev.stoker.tui.feed.Recorder;
import dev.stoker.tui.feed.Recording;
import dev.stoker.tui.feed.RemoteFeed;
import dev.stoker.tui.feed.ReplayFeed;
import dev.stoker.watch.Moment;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Opens what the live screen shows: this machine, others, or a recording. Stateless. */
record TopSources(
        Supplier<Function<Moment, List<Alert>>> judges,
        Map<String, String> env,
        Duration interval,
        Clock clock) {
    private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

    /** Returns the name of this machine; without a look-up, which can take seconds. */
    static String thisHost() {
        try {
            return Text.plain(Files.readString(HOSTNAME), 60);
        } catch (IOException e) {
            return "this machine";
        }
    }

    Feed live(Supplier<MachineWatch> machine, Optional<String> record, Bytes limit) {
        Optional<Recorder> recorder = record.map(file -> recorder(Path.of(file), limit));
        return new LiveFeed(thisHost(), machine.get(), judges.get(), recorder, interval, clock);
    }

    private static Recorder recorder(Path file, Bytes limit) {
        try {
            return new Recorder(file, limit, sample -> Json.write(SampleJson.write(sample)));
        } catch (FileAlreadyExistsException e) {
            throw UserError.wrongUse(
                    "There is a file '" + Text.plain(file.toString()) + "' already.",
                    "Give --record the name of a new one: a recording is never written over.");
        } catch (IOException e) {
            throw UserError.wrongUse(
                    "The file '"
                            + Text.plain(file.toString())
                            + "' can't be made ("
                            + Text.plain(String.valueOf(e.getMessage()))
                            + ").",
                    "Name another one with --record.");
        }
    }

    ReplayFeed replay(String file) {
        try {
            Recording recording = new Recording(Path.of(file), TopSources::sample);
            recording.first();
            Path name = Path.of(file).getFileName();
            return new ReplayFeed(
                    Text.plain(name == null ? file : name.toString(), 60),
                    recording,
                    judges,
                    clock);
        } catch (IOException e) {
            throw UserError.wrongUse(
                    "The recording '"
                            + Text.plain(file)
                            + "' can't be played: "
                            + Text.plain(String.valueOf(e.getMessage()))
                            + ".",
                    "Make one with stoker top --record FILE.");
        }
    }

    List<Feed> remote(List<String> hosts, Optional<String> tokenEnv) {
        ApiKey token =
                tokenEnv.map(name -> ApiKey.fromEnvironment(name, env)).orElse(ApiKey.none());
        List<Feed> feeds = new ArrayList<>();
        for (String host : hosts) {
            feeds.add(
                    new RemoteFeed(
                            Endpoint.parse(host),
                            token,
                            TopSources::sample,
                            judges.get(),
                            interval,
                            clock));
        }
        return feeds;
    }

    private static MachineSample sample(String json) {
        return SampleJson.read(
                Json.parse(json).orElseThrow(() -> new IllegalArgumentException("it is no JSON")));
    }
}
