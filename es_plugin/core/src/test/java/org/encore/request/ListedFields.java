package org.encore.request;

import java.util.Iterator;
import java.util.Map;
import org.encore.json.JsonReader;

/** A {@link RequestReader} over JSON text, without an engine; the place is the number of fields read. */
final class ListedFields extends RequestReader {
    private final Iterator<Map.Entry<String, Object>> fields;
    private Map.Entry<String, Object> field;
    private int count;

    @SuppressWarnings("unchecked")
    ListedFields(String owner, String json) {
        super(owner);
        fields = ((Map<String, Object>) JsonReader.parse(json)).entrySet().iterator();
    }

    @Override
    public boolean nextField() {
        if (!fields.hasNext()) {
            return false;
        }
        field = fields.next();
        count++;
        return true;
    }

    @Override
    public String name() {
        return field.getKey();
    }

    @Override
    public Kind kind() {
        return switch (field.getValue()) {
            case null -> Kind.NULL;
            case String text -> Kind.STRING;
            case Number number -> Kind.NUMBER;
            case Boolean flag -> Kind.BOOLEAN;
            case Map<?, ?> map -> Kind.OBJECT;
            default -> Kind.ARRAY;
        };
    }

    @Override
    public Place place() {
        return new Place(1, count);
    }

    @Override
    protected String text() {
        return String.valueOf(field.getValue());
    }

    @Override
    protected double doubleValue() {
        return ((Number) field.getValue()).doubleValue();
    }

    @Override
    protected boolean isLong() {
        return field.getValue() instanceof Long;
    }

    @Override
    protected long longValue() {
        return (Long) field.getValue();
    }

    @Override
    protected boolean booleanValue() {
        return (Boolean) field.getValue();
    }

    @Override
    @SuppressWarnings("unchecked")
    protected Map<String, Object> map() {
        return (Map<String, Object>) field.getValue();
    }
}
