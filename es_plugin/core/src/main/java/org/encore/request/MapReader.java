package org.encore.request;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** A {@link RequestReader} over an object that an engine has parsed already; it knows no places. */
public final class MapReader extends RequestReader {
    private static final Place NOWHERE = new Place(1, 1);

    private final Iterator<? extends Map.Entry<String, ?>> fields;
    private Map.Entry<String, ?> field;

    /** Reads that object; the messages begin with its owner's name. Objects within it are taken whole. */
    public MapReader(String owner, Map<String, ?> object) {
        super(owner);
        this.fields = object.entrySet().iterator();
    }

    @Override
    public boolean nextField() {
        if (!fields.hasNext()) {
            return false;
        }
        field = fields.next();
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
            case Map<?, ?> map -> Kind.OBJECT;
            case List<?> list -> Kind.ARRAY;
            case String text -> Kind.STRING;
            case Number number -> Kind.NUMBER;
            case Boolean flag -> Kind.BOOLEAN;
            default -> Kind.OTHER;
        };
    }

    @Override
    public Place place() {
        return NOWHERE;
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
        return field.getValue() instanceof Integer || field.getValue() instanceof Long;
    }

    @Override
    protected long longValue() {
        return ((Number) field.getValue()).longValue();
    }

    @Override
    protected boolean booleanValue() {
        return (Boolean) field.getValue();
    }

    @Override
    @SuppressWarnings("unchecked") // A request's objects have string keys.
    protected Map<String, Object> map() {
        return (Map<String, Object>) field.getValue();
    }
}
