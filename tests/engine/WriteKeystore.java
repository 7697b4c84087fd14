import java.lang.reflect.Method;
import java.nio.file.Path;

/** Writes a keystore as the engine's own tool does, which Maven Central lacks: {@code class folder [name value]…}. */
public final class WriteKeystore {
    private WriteKeystore() {}

    public static void main(String[] args) throws Exception {
        Class<?> wrapper = Class.forName(args[0]);
        Object keystore = wrapper.getMethod("create").invoke(null);
        for (int i = 2; i + 1 < args.length; i += 2) {
            Method set = wrapper.getDeclaredMethod("setString", String.class, char[].class);
            set.setAccessible(true);
            set.invoke(keystore, args[i], args[i + 1].toCharArray());
        }
        for (Method save : wrapper.getMethods()) {
            if (save.getName().equals("save") && save.getParameterCount() == 2) {
                save.invoke(keystore, Path.of(args[1]), new char[0]);
                return;
            }
        }
        throw new NoSuchMethodException("save(Path, char[])");
    }
}
