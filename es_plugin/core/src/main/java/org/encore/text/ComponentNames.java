package org.encore.text;

/** Encore's analysis components by the type names that index settings use, the same on every engine. */
public final class ComponentNames {
    /** Tokenizer: {@code dictionary}, a version; {@code mode}, cut (the default) or search. */
    public static final String JIEBA = "encore_jieba";
    /** Token filter without settings: drops what the tokenizer found to hold no content. */
    public static final String CONTENT = "encore_content";
    /** Char filter for keyword normalizers: {@code dictionary}, a version. */
    public static final String NORMALIZE = "encore_normalize";

    /** The setting of tokenizer and char filter that names a version; never a path. */
    public static final String DICTIONARY = "dictionary";
    /** The tokenizer's setting for its mode. */
    public static final String MODE = "mode";
    /** The mode of a tokenizer that names none. */
    public static final String DEFAULT_MODE = "cut";

    private ComponentNames() {}
}
