package dev.stoker.tui;

import dev.stoker.tui.feed.Feed;
import dev.stoker.tui.feed.Replay;
import dev.stoker.tui.term.Key;
import dev.stoker.tui.view.Choices;
import dev.stoker.tui.view.KillTarget;
import dev.stoker.tui.view.Page;
import dev.stoker.tui.view.Panel;
import dev.stoker.tui.view.Scene;
import dev.stoker.tui.view.TopScreen;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What each key does. Used by the screen's thread. */
final class TopKeys {
    private static final int LONGEST_FILTER = 60;
    private static final int PAGE_ROWS = 10;
    private static final List<Duration> INTERVALS =
            List.of(
                    Duration.ofMillis(200),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10));

    private final Choices choices;
    private final TopScreen screen;
    private final List<Feed> feeds;
    private final Optional<Replay> replay;
    private final Optional<Killer> killer;
    private final String mayNotKill;

    /** Which host is shown; −1 for all side by side. */
    private int host;

    /** What a key asks the loop to do. */
    enum Wish {
        NOTHING,
        QUIT,
        SUSPEND,
        REDRAW
    }

    /**
     * @param killer ends processes; empty where that is not allowed
     * @param mayNotKill why it is not
     */
    TopKeys(
            Choices choices,
            TopScreen screen,
            List<Feed> feeds,
            Optional<Replay> replay,
            Optional<Killer> killer,
            String mayNotKill) {
        this.choices = choices;
        this.screen = screen;
        this.feeds = feeds;
        this.replay = replay;
        this.killer = killer;
        this.mayNotKill = mayNotKill;
        this.host = feeds.size() > 1 ? -1 : 0; // Several hosts are shown side by side at first.
    }

    /** Returns the place of the host that is shown; −1 for all side by side. */
    int host() {
        return host;
    }

    Wish press(Key key, Scene scene) {
        choices.message = "";
        if (key instanceof Key.Named(Key.Name name)) {
            switch (name) {
                case INTERRUPT -> {
                    return Wish.QUIT;
                }
                case SUSPEND -> {
                    return Wish.SUSPEND;
                }
                case REDRAW -> {
                    return Wish.REDRAW;
                }
                default -> {}
            }
        }
        if (key instanceof Key.Mouse mouse) {
            mouse(mouse);
            return Wish.NOTHING;
        }
        if (choices.typing) {
            type(key);
            return Wish.NOTHING;
        }
        if (choices.box == Choices.Box.KILL) {
            answer(key);
            return Wish.NOTHING;
        }
        if (choices.box != Choices.Box.NONE) {
            choices.box = Choices.Box.NONE;
            return key instanceof Key.Char(int c) && c == 'q' ? Wish.QUIT : Wish.NOTHING;
        }
        return switch (key) {
            case Key.Char(int c) -> character(c, scene);
            case Key.Named(Key.Name name) -> {
                named(name);
                yield Wish.NOTHING;
            }
            case Key.Mouse _ -> Wish.NOTHING;
        };
    }

    private Wish character(int c, Scene scene) {
        switch (c) {
            case 'q', 'Q' -> {
                return Wish.QUIT;
            }
            case '?', 'h' -> choices.box = Choices.Box.HELP;
            case '1' -> choices.page(Page.ALL);
            case '2' -> choices.page(Page.GPUS);
            case '3' -> choices.page(Page.MODELS);
            case '4' -> choices.page(Page.PROCESSES);
            case '5' -> choices.page(Page.EVENTS);
            case 'e' -> choices.page(choices.page() == Page.EVENTS ? Page.ALL : Page.EVENTS);
            case 'j' -> move(1);
            case 'g' -> move(-100_000);
            case 'G' -> move(100_000);
            case '/' -> {
                choices.filter("");
                choices.typing = true;
            }
            case 's' -> screen.sortNext(scene, choices);
            case 'S' -> screen.reverse(choices);
            case 't' -> choices.tree = !choices.tree;
            case 'c' -> choices.fullCommand = !choices.fullCommand;
            case 'p', ' ' -> pause();
            case '+', '=' -> choices.span(1);
            case '-', '_' -> choices.span(-1);
            case '<' -> interval(1);
            case '>' -> interval(-1);
            case '[' -> replay.ifPresent(r -> r.speed(-1));
            case ']' -> replay.ifPresent(r -> r.speed(1));
            case 'k' -> kill(scene);
            case 'T' -> {
                choices.theme = choices.theme.next();
                choices.message = "Colours: " + choices.theme.title();
                return Wish.REDRAW;
            }
            default -> {}
        }
        return Wish.NOTHING;
    }

    private void named(Key.Name name) {
        switch (name) {
            case TAB -> choices.focusNext(1);
            case BACK_TAB -> choices.focusNext(-1);
            case UP -> move(-1);
            case DOWN -> move(1);
            case PAGE_UP -> move(-PAGE_ROWS);
            case PAGE_DOWN -> move(PAGE_ROWS);
            case HOME -> move(-100_000);
            case END -> move(100_000);
            case LEFT -> replay.ifPresentOrElse(r -> r.step(-1), () -> choices.focusNext(-1));
            case RIGHT -> replay.ifPresentOrElse(r -> r.step(1), () -> choices.focusNext(1));
            case ENTER -> enter();
            case ESCAPE, BACKSPACE -> back();
            case DELETE, INTERRUPT, SUSPEND, REDRAW -> {}
        }
    }

    private void move(int by) {
        if (host < 0) {
            choices.moveHost(by);
        } else {
            choices.move(by);
        }
    }

    private void enter() {
        if (host < 0) {
            for (int i = 0; i < feeds.size(); i++) {
                if (feeds.get(i).host().equals(choices.selectedHost())) {
                    host = i;
                }
            }
        } else {
            choices.box = Choices.Box.FACTS;
        }
    }

    private void back() {
        if (!choices.filter().isEmpty()) {
            choices.filter("");
        } else if (choices.page() != Page.ALL) {
            choices.page(Page.ALL);
        } else if (feeds.size() > 1) {
            host = -1;
        }
    }

    private void pause() {
        replay.ifPresentOrElse(Replay::toggle, () -> choices.paused = !choices.paused);
    }

    private void interval(int by) {
        Feed first = feeds.getFirst();
        int at = 0;
        while (at < INTERVALS.size() - 1 && INTERVALS.get(at).compareTo(first.interval()) < 0) {
            at++;
        }
        Duration next = INTERVALS.get(Math.clamp((long) at + by, 0, INTERVALS.size() - 1));
        feeds.forEach(feed -> feed.interval(next));
        choices.message = "Looks every " + next.toMillis() / 1000.0 + " s.";
    }

    private void type(Key key) {
        switch (key) {
            case Key.Char(int c) -> {
                if (choices.filter().length() < LONGEST_FILTER && Character.isDefined(c)) {
                    choices.filter(choices.filter() + Character.toString(c));
                }
            }
            case Key.Named(Key.Name name) -> {
                switch (name) {
                    case ENTER, UP, DOWN, TAB -> choices.typing = false;
                    case ESCAPE -> {
                        choices.filter("");
                        choices.typing = false;
                    }
                    case BACKSPACE -> {
                        String text = choices.filter();
                        if (text.isEmpty()) {
                            choices.typing = false;
                        } else {
                            choices.filter(
                                    text.substring(0, text.offsetByCodePoints(text.length(), -1)));
                        }
                    }
                    default -> {}
                }
            }
            case Key.Mouse _ -> {}
        }
    }

    private void kill(Scene scene) {
        if (killer.isEmpty()) {
            choices.message = mayNotKill;
        } else if (choices.focus() != Panel.PROCESSES) {
            choices.focus(Panel.PROCESSES);
            choices.message = "Select a process and press k again.";
        } else {
            choices.kill = screen.killable(scene, choices).map(killer.get()::check);
            choices.box = choices.kill.isPresent() ? Choices.Box.KILL : Choices.Box.NONE;
        }
    }

    private void answer(Key key) {
        Optional<KillTarget> target = choices.kill;
        boolean yes = key instanceof Key.Char(int c) && (c == 'y' || c == 'Y');
        if (yes
                && target.isPresent()
                && killer.isPresent()
                && target.get().stage() != KillTarget.Stage.OVER) {
            choices.kill = Optional.of(killer.get().next(target.get()));
        } else {
            choices.box = Choices.Box.NONE;
            choices.kill = Optional.empty();
        }
    }

    /** Looks after a process that was asked to end. */
    void tick() {
        if (choices.kill.isPresent() && killer.isPresent()) {
            choices.kill = choices.kill.map(killer.get()::look);
        }
    }

    private void mouse(Key.Mouse mouse) {
        switch (mouse.action()) {
            case PRESS -> {
                if (choices.box == Choices.Box.HELP || choices.box == Choices.Box.FACTS) {
                    choices.box = Choices.Box.NONE;
                } else if (choices.box == Choices.Box.NONE) {
                    screen.click(mouse.column(), mouse.row(), choices);
                }
            }
            case WHEEL_UP -> wheel(mouse, -3);
            case WHEEL_DOWN -> wheel(mouse, 3);
        }
    }

    private void wheel(Key.Mouse mouse, int by) {
        if (host < 0) {
            choices.moveHost(Integer.signum(by));
        } else {
            screen.wheel(mouse.column(), mouse.row(), by, choices);
        }
    }

    /** Returns the keys that the last line shows, those that matter most first. */
    List<TopScreen.Hint> hints(Runnable quit) {
        List<TopScreen.Hint> hints = new ArrayList<>();
        hints.add(new TopScreen.Hint("q", "quit", quit));
        hints.add(new TopScreen.Hint("?", "help", () -> choices.box = Choices.Box.HELP));
        if (host < 0) {
            hints.add(new TopScreen.Hint("↑↓", "select", () -> {}));
            hints.add(new TopScreen.Hint("enter", "go into it", this::enter));
        } else {
            if (feeds.size() > 1) {
                hints.add(new TopScreen.Hint("esc", "hosts", () -> host = -1));
            }
            hints.add(new TopScreen.Hint("tab", "panel", () -> choices.focusNext(1)));
            hints.add(new TopScreen.Hint("↑↓", "select", () -> {}));
            hints.add(new TopScreen.Hint("enter", "facts", () -> choices.box = Choices.Box.FACTS));
            hints.add(new TopScreen.Hint("/", "filter", () -> choices.typing = true));
            hints.add(new TopScreen.Hint("s", "sort", () -> {}));
            if (killer.isPresent()) {
                hints.add(new TopScreen.Hint("k", "kill", () -> {}));
            }
        }
        if (replay.isPresent()) {
            hints.add(new TopScreen.Hint("space", "play", this::pause));
            hints.add(new TopScreen.Hint("←→", "step", () -> {}));
            hints.add(new TopScreen.Hint("[ ]", "speed", () -> {}));
        } else {
            hints.add(new TopScreen.Hint("p", choices.paused ? "go on" : "pause", this::pause));
        }
        hints.add(
                new TopScreen.Hint(
                        "e",
                        "events",
                        () ->
                                choices.page(
                                        choices.page() == Page.EVENTS ? Page.ALL : Page.EVENTS)));
        hints.add(new TopScreen.Hint("1-5", "pages", () -> {}));
        hints.add(new TopScreen.Hint("t", "tree", () -> choices.tree = !choices.tree));
        hints.add(
                new TopScreen.Hint(
                        "c", "command", () -> choices.fullCommand = !choices.fullCommand));
        hints.add(new TopScreen.Hint("+-", "time", () -> choices.span(1)));
        hints.add(new TopScreen.Hint("T", "colours", () -> {}));
        return hints;
    }
}
