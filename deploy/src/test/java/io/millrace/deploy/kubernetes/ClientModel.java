package io.millrace.deploy.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.Nullable;

/** Kubernetes' own resources, read by the model of the client that Flink brings along. */
final class ClientModel {

    private static final String PACKAGE =
            "org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model";
    private static final String UNKNOWN = "additionalProperties";

    private ClientModel() {}

    static <T> T read(JsonNode resource, Class<T> type) {
        return Serialization.unmarshal(resource.toString(), type);
    }

    /** Fields that the model does not know, with the type that they stand in. */
    static List<String> unknownFields(Object resource) {
        List<String> unknown = new ArrayList<>();
        collect(resource, unknown);
        return unknown;
    }

    private static void collect(@Nullable Object value, List<String> unknown) {
        if (value instanceof Iterable<?> elements) {
            elements.forEach(element -> collect(element, unknown));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(element -> collect(element, unknown));
        } else if (value != null && value.getClass().getPackageName().startsWith(PACKAGE)) {
            String type = value.getClass().getSimpleName();
            for (Field field : value.getClass().getDeclaredFields()) {
                if (field.getName().equals(UNKNOWN)) {
                    ((Map<?, ?>) get(field, value))
                            .keySet()
                            .forEach(key -> unknown.add(type + "." + key));
                } else if (!Modifier.isStatic(field.getModifiers())) {
                    collect(get(field, value), unknown);
                }
            }
        }
    }

    private static @Nullable Object get(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
