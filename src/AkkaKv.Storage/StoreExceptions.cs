namespace AkkaKv.Storage;

/// <summary>
/// The data directory cannot be opened as what was asked for: another node's, in use, of a newer format, damaged, or
/// unreadable. The message says what was required, what was found and what to do. Nothing was changed.
/// </summary>
public sealed class StoreOpenException : Exception
{
    public StoreOpenException(string message)
        : base(message)
    {
    }

    public StoreOpenException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
