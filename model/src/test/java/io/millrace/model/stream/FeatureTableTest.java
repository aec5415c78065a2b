package io.millrace.model.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.stream.StreamFeature.Count;
import io.millrace.model.stream.StreamFeature.Occasion;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureTableTest {

    private static final KeyGroup GROUP =
            KeyGroup.by(List.of("user"), List.of(new EventCount(Occasion.CLICK)));

    private final FeatureTable table = new FeatureTable();

    @Test
    void usageExample() {
        table.put("by:user", "u1", row(1));
        table.put("by:user", "u1", row(2));
        table.put("by:item", "u1", row(3));

        assertThat(table.row("by:user", "u1")).isEqualTo(row(2));
        assertThat(table.row("by:user", "u2")).isEmpty();
        assertThat(table.row("by:brand", "u1")).isEmpty();
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void aRemovedKeyIsUnknown() {
        table.put("by:user", "u1", row(1));
        table.remove("by:user", "u1");
        table.remove("by:user", "u1");
        table.remove("by:item", "u1");

        assertThat(table.row("by:user", "u1")).isEmpty();
        assertThat(table.size()).isZero();
    }

    @Test
    void whatIsNoRowIsRefusedAndTheOneBeforeStays() {
        table.put("by:user", "u1", row(1));

        assertThatThrownBy(() -> table.put("by:user", "u1", new byte[] {1, 2}))
                .isInstanceOf(DamagedRowException.class)
                .hasMessageContaining("the row of 2 bytes");
        assertThat(table.row("by:user", "u1")).isEqualTo(row(1));
    }

    @Test
    void rowsOfAnyGroupAreKept() {
        StreamSpec spec =
                new StreamSpec(
                        List.of(new Count("n", List.of("a"), Occasion.IMPRESSION)), List.of());
        KeyGroup other = KeyGroups.of(spec).all().get(0);
        table.put("by:user", "u1", row(5));

        assertThat(KeyRow.decode(other, table.row("by:user", "u1")).isEmpty()).isTrue();
    }

    private static byte[] row(int clicks) {
        KeyRow row = KeyRow.empty(GROUP);
        for (int i = 0; i < clicks; i++) {
            row = row.after(StreamUpdate.clicked(i, StreamKeys.NONE));
        }
        return row.encode();
    }
}
