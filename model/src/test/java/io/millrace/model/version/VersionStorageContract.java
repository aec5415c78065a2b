package io.millrace.model.version;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every version storage does. */
abstract class VersionStorageContract {

    private VersionStorage storage;

    abstract VersionStorage newStorage();

    @BeforeEach
    void setUp() {
        storage = newStorage();
    }

    @Test
    void usageExample() throws IOException {
        try (OutputStream out = storage.create("clicks/1/part-0.rows")) {
            out.write("rows".getBytes(UTF_8));
        }
        assertThat(storage.putIfAbsent("clicks/1/manifest.json", "{}".getBytes(UTF_8))).isTrue();
        assertThat(storage.putIfAbsent("clicks/1/manifest.json", "{ }".getBytes(UTF_8))).isFalse();

        assertThat(content("clicks/1/part-0.rows")).isEqualTo("rows");
        assertThat(content("clicks/1/manifest.json")).isEqualTo("{}");
        assertThat(storage.list("clicks"))
                .containsExactly("clicks/1/manifest.json", "clicks/1/part-0.rows");
    }

    @Test
    void neverOverwrites() throws IOException {
        storage.putIfAbsent("a/b", new byte[] {1});

        assertThatThrownBy(() -> storage.create("a/b"))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(storage.open("a/b").readAllBytes()).containsExactly(1);
    }

    @Test
    void knowsWhatIsNotThere() throws IOException {
        assertThat(storage.exists("a")).isFalse();
        assertThat(storage.list("a")).isEmpty();
        assertThatThrownBy(() -> storage.open("a/b")).isInstanceOf(NoSuchFileException.class);
        storage.delete("a/b");
    }

    @Test
    void listsOnlyBelowTheFolder() throws IOException {
        for (String path : List.of("b/2/y", "a/1/x", "ab/1/x", "a/2/y/z", "a/10/x")) {
            storage.putIfAbsent(path, new byte[0]);
        }

        assertThat(storage.list("a")).containsExactly("a/1/x", "a/10/x", "a/2/y/z");
    }

    @Test
    void deletesAFileOrAllBelowAFolder() throws IOException {
        for (String path : List.of("a/1/x", "a/1/y", "a/2/x", "a/12/x")) {
            storage.putIfAbsent(path, new byte[0]);
        }

        storage.delete("a/1");
        storage.delete("a/2/x");

        assertThat(storage.list("a")).containsExactly("a/12/x");
        assertThat(storage.exists("a/1/x")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "..",
                "../x",
                "a/../../x",
                "a/..",
                "a//b",
                "a/",
                "./a",
                "a/./b",
                "a\\b",
                "a/.hidden",
                "C:/x",
                "a\0b",
                "~",
                "a b"
            })
    void refusesPathsThatLeadElsewhere(String path) {
        assertThatThrownBy(() -> storage.create(path)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.open(path)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.putIfAbsent(path, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.list(path)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.exists(path)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> storage.delete(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneOfManyWins() throws Exception {
        int writers = 8;
        for (int round = 0; round < 50; round++) {
            String path = "race/" + round;
            CyclicBarrier start = new CyclicBarrier(writers);
            List<Callable<Boolean>> attempts = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                byte[] content = {(byte) writer};
                attempts.add(
                        () -> {
                            start.await();
                            return storage.putIfAbsent(path, content);
                        });
            }

            List<Boolean> won = inParallel(attempts);

            assertThat(won).containsOnlyOnce(true);
            assertThat(storage.open(path).readAllBytes()).containsExactly(won.indexOf(true));
        }
        assertThat(storage.list("race")).hasSize(50);
    }

    @Test
    void readersSeeAllOrNothing() throws Exception {
        byte[] content = new byte[1 << 20];
        AtomicBoolean done = new AtomicBoolean();
        Callable<Boolean> writer =
                () -> {
                    for (int i = 0; i < 20; i++) {
                        storage.putIfAbsent("whole/" + i, content);
                    }
                    done.set(true);
                    return true;
                };
        Callable<Boolean> reader =
                () -> {
                    boolean whole = true;
                    while (!done.get()) {
                        for (String path : storage.list("whole")) {
                            whole &= storage.open(path).readAllBytes().length == content.length;
                        }
                    }
                    return whole;
                };

        assertThat(inParallel(List.of(writer, reader))).containsOnly(true);
    }

    private static List<Boolean> inParallel(List<Callable<Boolean>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Boolean> results = new ArrayList<>();
            for (Future<Boolean> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private String content(String path) throws IOException {
        try (InputStream in = storage.open(path)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
