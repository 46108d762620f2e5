package dev.stoker.tui.feed;

import dev.stoker.base.Clock;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;
import dev.stoker.rules.Alert;
import dev.stoker.watch.MachineCourse;
import dev.stoker.watch.Moment;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Looks at this machine, in equal steps of time. A driver that does not answer is waited for a
 * moment only; then what it told last is shown.
 */
public final class LiveFeed implements Feed {
    /** The first screen does not wait for a driver that takes seconds to wake its boards. */
    private static final Duration PATIENCE = Duration.ofMillis(250);

    private final String host;
    private final MachineWatch machine;
    private final Function<Moment, List<Alert>> judge;
    private final Optional<Recorder> recorder;
    private final Clock clock;
    private final Thread thread;
    private volatile Consumer<Update> sink = _ -> {};
    private volatile Duration interval;
    private volatile boolean closed;

    /**
     * @param machine closed when this is
     * @param judge says what is wrong; called by one thread
     * @param recorder writes down every sample
     */
    public LiveFeed(
            String host,
            MachineWatch machine,
            Function<Moment, List<Alert>> judge,
            Optional<Recorder> recorder,
            Duration interval,
            Clock clock) {
        this.host = host;
        this.machine = machine;
        this.judge = judge;
        this.recorder = recorder;
        this.interval = interval;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("looks").unstarted(this::look);
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public void start(Consumer<Update> news) {
        sink = news;
        thread.start();
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public void interval(Duration next) {
        interval = next;
    }

    private void look() {
        MachineCourse course = new MachineCourse();
        long next = clock.nanos();
        try (machine;
                AutoCloseable _ = () -> recorder.ifPresent(Recorder::close)) {
            while (!closed) {
                MachineSample sample = machine.look(PATIENCE);
                Moment moment = course.next(sample);
                String trouble = recorder.map(r -> r.write(sample)).orElse("");
                sink.accept(
                        new Update(
                                Optional.of(moment),
                                judge.apply(moment),
                                recorder.map(Recorder::status).orElse("live"),
                                trouble,
                                false));
                next = Math.max(next + interval.toNanos(), clock.nanos());
                clock.sleep(Duration.ofNanos(next - clock.nanos()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            sink.accept(
                    new Update(
                            Optional.empty(),
                            List.of(),
                            "stopped",
                            "Looking at this machine broke (" + e + "); start stoker top again.",
                            false));
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
