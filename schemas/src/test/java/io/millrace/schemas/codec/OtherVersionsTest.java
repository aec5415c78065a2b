package io.millrace.schemas.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.schemas.Impression;
import io.millrace.schemas.NextVersion.ImpressionOfCampaign;
import io.millrace.schemas.NextVersion.ImpressionOfViewer;
import io.millrace.schemas.NextVersion.ImpressionOnPage;
import io.millrace.schemas.Rating;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class OtherVersionsTest {

    private final EventCodec<Impression> today = EventCodec.of(Impression.class, EventFormat.AVRO);

    @Test
    void usageExample() throws Exception {
        OtherVersions versions = new OtherVersions(List.of(ImpressionOfViewer.SCHEMA$.toString()));

        byte[] payload = versions.open(1000).today(written(ImpressionOfViewer.SCHEMA$, "viewer"));

        assertThat(today.decode(payload))
                .isEqualTo(new Impression("i", 5L, "u", "x", new HashMap<>()));
    }

    @Test
    void otherPayloadsAreLeftAsTheyAre() throws Exception {
        OtherVersions.Opened versions =
                new OtherVersions(
                                List.of(
                                        ImpressionOfViewer.SCHEMA$.toString(),
                                        Impression.getClassSchema().toString()))
                        .open(1000);
        byte[] current = today.encode(SampleEvent.impression());
        byte[] unknown = written(ImpressionOfCampaign.SCHEMA$, "user");

        assertThat(versions.today(current)).isSameAs(current);
        assertThat(versions.today(unknown)).isSameAs(unknown);
        assertThat(versions.today(new byte[3])).hasSize(3);
        assertThat(OtherVersions.NONE.open(1000).today(current)).isSameAs(current);
    }

    @Test
    void versionsOfOurSchemasAreAccepted() {
        assertThatCode(() -> OtherVersions.check(ImpressionOfViewer.SCHEMA$.toString()))
                .doesNotThrowAnyException();
        assertThatCode(() -> OtherVersions.check(ImpressionOnPage.SCHEMA$.toString()))
                .doesNotThrowAnyException();
    }

    @Test
    void otherSchemasAreRefusedInASentence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OtherVersions.check("nothing"))
                .withMessageStartingWith("expected a schema of Avro");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                OtherVersions.check(
                                        "{\"type\":\"record\",\"name\":\"com.shop.View\",\"fields\":[]}"))
                .withMessageContaining("but it is of com.shop.View");
        String withoutRating =
                Rating.getClassSchema()
                        .toString()
                        .replaceFirst("\\{\"name\":\"rating\"[^}]*\\},", "");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OtherVersions.check(withoutRating))
                .withMessageContaining("io.millrace.schemas.Rating")
                .withMessageContaining("rating");
    }

    private static byte[] written(Schema schema, String userField) throws Exception {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        new BinaryMessageEncoder<>(GenericData.get(), schema)
                .encode(
                        new GenericRecordBuilder(schema)
                                .set("impressionId", "i")
                                .set("timestamp", 5L)
                                .set("item", "x")
                                .set(userField, "u")
                                .build(),
                        payload);
        return payload.toByteArray();
    }
}
