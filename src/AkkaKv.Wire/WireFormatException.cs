namespace AkkaKv.Wire;

/// <summary>Bytes from a peer are not what the format allows. The only exception that decoding throws, whatever the bytes.</summary>
public sealed class WireFormatException : Exception
{
    public WireFormatException(string message)
        : base(message)
    {
    }

    public WireFormatException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
