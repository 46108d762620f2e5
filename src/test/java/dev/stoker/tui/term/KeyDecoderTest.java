package dev.stoker.tui.term;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class KeyDecoderTest {

    private static List<Key> keys(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new KeyDecoder().feed(bytes, bytes.length);
    }

    private static Key named(Key.Name name) {
        return new Key.Named(name);
    }

    @Test
    void feed_charactersOfAllLengths_areKeys() {
        assertThat(keys("qä模🚀"))
                .containsExactly(
                        new Key.Char('q'),
                        new Key.Char('ä'),
                        new Key.Char('模'),
                        new Key.Char(0x1F680));
    }

    @Test
    void feed_arrowsInBothModes_areNamed() {
        assertThat(keys("\u001b[A\u001bOB\u001b[5~\u001b[Z\u001b[1;5C"))
                .containsExactly(
                        named(Key.Name.UP),
                        named(Key.Name.DOWN),
                        named(Key.Name.PAGE_UP),
                        named(Key.Name.BACK_TAB),
                        named(Key.Name.RIGHT));
    }

    @Test
    void feed_controlCharacters_areNamed() {
        assertThat(keys("\r\t\u007f\u0003\u001a\u000c"))
                .containsExactly(
                        named(Key.Name.ENTER),
                        named(Key.Name.TAB),
                        named(Key.Name.BACKSPACE),
                        named(Key.Name.INTERRUPT),
                        named(Key.Name.SUSPEND),
                        named(Key.Name.REDRAW));
    }

    @Test
    void feed_mouse_isPressAndWheel() {
        assertThat(keys("\u001b[<0;10;5M\u001b[<0;10;5m\u001b[<64;1;1M\u001b[<65;300;120M"))
                .containsExactly(
                        new Key.Mouse(Key.Action.PRESS, 9, 4),
                        new Key.Mouse(Key.Action.WHEEL_UP, 0, 0),
                        new Key.Mouse(Key.Action.WHEEL_DOWN, 299, 119));
    }

    @Test
    void feed_unknownSequences_areSwallowedWhole() {
        assertThat(keys("\u001b[?1;2c\u001b[200~\u001b[<35;4;4M\u001b[M abq"))
                .containsExactly(new Key.Char('q'));
    }

    @Test
    void feed_escapeAndAKeyTypedFast_areBoth() {
        assertThat(keys("\u001bq")).containsExactly(named(Key.Name.ESCAPE), new Key.Char('q'));
    }

    @Test
    void settle_loneEscape_isTheKey() {
        KeyDecoder decoder = new KeyDecoder();
        assertThat(decoder.feed(new byte[] {0x1b}, 1)).isEmpty();
        assertThat(decoder.isWaiting()).isTrue();
        assertThat(decoder.settle()).contains(named(Key.Name.ESCAPE));
        assertThat(decoder.isWaiting()).isFalse();
    }

    @Test
    void settle_tornSequence_isNothing() {
        KeyDecoder decoder = new KeyDecoder();
        decoder.feed(new byte[] {0x1b, '[', '1'}, 3);
        assertThat(decoder.settle()).isEmpty();
        assertThat(decoder.feed(new byte[] {'q'}, 1)).containsExactly(new Key.Char('q'));
    }

    @Property
    void feed_anyBytes_neverThrowsAndStaysUsable(@ForAll byte[] bytes) {
        KeyDecoder decoder = new KeyDecoder();
        decoder.feed(bytes, bytes.length);
        decoder.settle();
        assertThat(decoder.feed(new byte[] {'q'}, 1)).containsExactly(new Key.Char('q'));
    }

    @Property
    void feed_inPieces_givesTheSameKeys(@ForAll byte[] bytes) {
        List<Key> whole = new KeyDecoder().feed(bytes, bytes.length);
        KeyDecoder decoder = new KeyDecoder();
        List<Key> pieces = new ArrayList<>();
        for (byte b : bytes) {
            pieces.addAll(decoder.feed(new byte[] {b}, 1));
        }
        assertThat(pieces).isEqualTo(whole);
    }

    @Test
    void size_ofStty_isRowsThenColumns() {
        assertThat(Size.parse("24 80\n")).isEqualTo(new Size(80, 24));
        assertThat(Size.parse("0 0\n")).isEqualTo(Size.USUAL);
        assertThat(Size.parse("")).isEqualTo(Size.USUAL);
        assertThat(Size.parse("x y")).isEqualTo(Size.USUAL);
        assertThat(Size.parse("99999 99999").columns()).isEqualTo(2000);
    }
}
