package dev.stoker.tui;

import dev.stoker.base.Clock;
import dev.stoker.tui.feed.Feed;
import dev.stoker.tui.feed.Replay;
import dev.stoker.tui.feed.Update;
import dev.stoker.tui.screen.ColourDepth;
import dev.stoker.tui.screen.Glyphs;
import dev.stoker.tui.screen.Grid;
import dev.stoker.tui.screen.Paint;
import dev.stoker.tui.screen.Painter;
import dev.stoker.tui.screen.Theme;
import dev.stoker.tui.term.Key;
import dev.stoker.tui.term.KeyDecoder;
import dev.stoker.tui.term.Signals;
import dev.stoker.tui.term.Size;
import dev.stoker.tui.term.Tty;
import dev.stoker.tui.view.Choices;
import dev.stoker.tui.view.Scene;
import dev.stoker.tui.view.TopScreen;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The live screen on a terminal. One thread draws: it waits for keys, for news of machines and for
 * the window to change, and draws at once when one comes. Each source of these has a thread of its
 * own, so none can hold up the screen. Between two of them nothing runs.
 */
public final class Top {
    private static final Duration TICK = Duration.ofMillis(1200);

    /** What is typed by a terminal in one sequence comes within this time. */
    private static final Duration SEQUENCE = Duration.ofMillis(40);

    private static final int MOST_HELD = 3600;

    private final Tty tty;
    private final List<Feed> feeds;
    private final Settings settings;
    private final Inbox inbox = new Inbox();
    private final List<Host> hosts = new ArrayList<>();
    private final Deque<Message.News> held = new ArrayDeque<>();
    private final KeyDecoder decoder = new KeyDecoder();
    private final Painter painter = new Painter();
    private final Choices choices;
    private final TopScreen screen;
    private final TopKeys keys;
    private Paint paint;
    private Grid grid = new Grid(1, 1);
    private boolean over;

    /**
     * How the screen is set up.
     *
     * @param theme its colours at first
     * @param user who runs this program
     * @param mayNotKill why no process may be ended; empty if they may
     * @param launcher the process that puts the terminal in order should this one be killed; when
     *     it is gone, the terminal belongs to somebody else
     */
    public record Settings(
            Theme theme,
            ColourDepth depth,
            Glyphs glyphs,
            ZoneId zone,
            String user,
            String mayNotKill,
            Optional<Long> launcher) {}

    public Top(Tty tty, List<Feed> feeds, Optional<Replay> replay, Settings settings, Clock clock) {
        this.tty = tty;
        this.feeds = List.copyOf(feeds);
        this.settings = settings;
        this.choices = new Choices(settings.theme());
        this.screen = new TopScreen(settings.glyphs(), settings.zone());
        this.keys =
                new TopKeys(
                        choices,
                        screen,
                        this.feeds,
                        replay,
                        settings.mayNotKill().isEmpty()
                                ? Optional.of(new Killer(settings.user()))
                                : Optional.empty(),
                        settings.mayNotKill());
        this.paint = new Paint(settings.theme(), settings.depth());
        feeds.forEach(feed -> hosts.add(new Host(feed.host(), replay.isPresent(), clock)));
    }

    /** Draws news and presses keys as a real start does, but on no terminal. */
    public static void rehearse(List<Update> news, Settings settings, Clock clock) {
        Host host = new Host("rehearsal", false, clock);
        Choices choices = new Choices(settings.theme());
        TopScreen screen = new TopScreen(settings.glyphs(), settings.zone());
        TopKeys keys =
                new TopKeys(
                        choices,
                        screen,
                        List.of(),
                        Optional.empty(),
                        Optional.of(new Killer(settings.user())),
                        "");
        Painter painter = new Painter();
        Paint paint = new Paint(settings.theme(), settings.depth());
        KeyDecoder decoder = new KeyDecoder();
        Grid large = new Grid(120, 40);
        Grid small = new Grid(80, 12); // So small that GPUs become lines.
        Duration interval = Duration.ofSeconds(1);
        for (Update update : news) {
            host.take(update);
            for (char c : new char[] {'2', '1', 'j', '\t', 's', '?', '?'}) {
                Scene scene = host.scene(false, interval);
                decoder.feed(new byte[] {(byte) c}, 1).forEach(key -> keys.press(key, scene));
                for (Grid grid : new Grid[] {large, small}) {
                    screen.draw(grid, scene, choices, interval, keys.hints(() -> {}));
                    painter.frame(grid, paint);
                }
            }
        }
    }

    /** Ends {@link #run} soon; may be called by any thread. */
    public void stop() {
        inbox.put(new Message.Over());
    }

    /**
     * Shows the screen until somebody quits or the terminal goes.
     *
     * @throws IOException if the terminal can't be taken over
     */
    public void run() throws IOException, InterruptedException {
        try {
            for (int i = 0; i < feeds.size(); i++) {
                int place = i;
                feeds.get(i).start(update -> inbox.put(new Message.News(place, update)));
            }
            tty.open();
            Thread.ofPlatform().daemon().name("keys").start(this::read);
            resize(tty.size());
            Signals.on("WINCH", () -> inbox.put(new Message.Resized()));
            Signals.on("CONT", () -> inbox.put(new Message.Continued()));
            loop();
        } finally {
            tty.close();
            feeds.forEach(Feed::close);
        }
    }

    private void read() {
        byte[] bytes = new byte[256];
        int n = tty.read(bytes);
        while (n > 0) {
            inbox.put(new Message.Typed(Arrays.copyOf(bytes, n)));
            n = tty.read(bytes);
        }
        inbox.put(new Message.Over());
    }

    private void loop() throws IOException, InterruptedException {
        draw(); // A first sign of life, before the first sample.
        while (!over) {
            @Nullable Message message = inbox.next(decoder.isWaiting() ? SEQUENCE : TICK);
            if (message == null) {
                decoder.settle().ifPresent(this::press);
            }
            boolean resized = false;
            while (message != null) {
                resized |= message instanceof Message.Resized;
                take(message);
                message = inbox.ready();
            }
            if (resized && !over) {
                resize(tty.measure());
            }
            keys.tick();
            over |= isOrphan();
            if (!over) {
                draw();
            }
        }
    }

    private boolean isOrphan() {
        return settings.launcher().isPresent()
                && !ProcessHandle.current()
                        .parent()
                        .map(ProcessHandle::pid)
                        .equals(settings.launcher());
    }

    private void take(Message message) throws IOException, InterruptedException {
        switch (message) {
            case Message.Typed(byte[] bytes) -> {
                for (Key key : decoder.feed(bytes, bytes.length)) {
                    press(key);
                }
            }
            case Message.News news -> {
                if (choices.paused) {
                    held.addLast(news);
                    if (held.size() > MOST_HELD) {
                        held.removeFirst();
                    }
                } else {
                    hosts.get(news.host()).take(news.update());
                }
            }
            case Message.Resized _ -> {}
            case Message.Continued _ -> {
                tty.close();
                tty.open();
                resize(tty.size());
            }
            case Message.Over _ -> over = true;
        }
    }

    private void press(Key key) {
        try {
            switch (keys.press(key, scene(Math.max(0, keys.host())))) {
                case QUIT -> over = true;
                case SUSPEND -> {
                    tty.suspend();
                    resize(tty.size());
                }
                case REDRAW -> {
                    paint = new Paint(choices.theme, settings.depth());
                    painter.forget();
                }
                case NOTHING -> {}
            }
        } catch (IOException e) {
            over = true; // The terminal is gone.
        }
        if (!choices.paused) {
            while (!held.isEmpty()) {
                Message.News news = held.removeFirst();
                hosts.get(news.host()).take(news.update());
            }
        }
    }

    private void resize(Size size) {
        grid = new Grid(size.columns(), size.rows());
        painter.forget();
    }

    private Scene scene(int host) {
        return hosts.get(host).scene(choices.paused, feeds.get(host).interval());
    }

    private void draw() throws IOException {
        List<TopScreen.Hint> hints = keys.hints(() -> over = true);
        Duration interval = feeds.getFirst().interval();
        if (keys.host() < 0) {
            List<Scene> scenes = new ArrayList<>();
            for (int i = 0; i < hosts.size(); i++) {
                scenes.add(scene(i));
            }
            screen.drawHosts(grid, scenes, choices, interval, hints);
        } else {
            screen.draw(grid, scene(keys.host()), choices, interval, hints);
        }
        byte[] frame = painter.frame(grid, paint);
        if (frame.length > 0) {
            tty.write(frame);
        }
    }
}
