namespace AkkaKv.Storage.Log;

/// <summary>The words for damage: always the file, the offset, and what to do.</summary>
internal static class Damage
{
    public static StoreOpenException Of(string path, long offset, string finding) => new(
        $"{path} is damaged at offset {offset}: {finding}. Nothing was changed. Restore the node's data directory from a backup, " +
        "or move it away and start the node empty: it returns under a new identity and its replicas refill it.");

    public static StoreOpenException NewerFormat(string path, uint found, uint supported) => new(
        $"{path} has format version {found}; this program reads versions up to {supported}. Start the version that wrote it, or a later one.");

    public static StoreOpenException NewerRecord(string path, long offset, byte type) => new(
        $"{path} holds a valid record of type {type} at offset {offset}, which this program does not know: a newer format. " +
        "Start the version that wrote it, or a later one.");
}
