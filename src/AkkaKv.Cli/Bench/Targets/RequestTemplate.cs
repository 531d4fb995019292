using System.Text;

namespace AkkaKv.Cli.Bench.Targets;

/// <summary>A request built once, with a place where the key's bytes are written over before each use.</summary>
internal sealed class RequestTemplate
{
    private readonly byte[] _bytes;
    private readonly int _keyAt;

    /// <param name="before">Everything up to the key.</param>
    /// <param name="keyLength">How many bytes the key takes.</param>
    /// <param name="after">Everything behind it.</param>
    public RequestTemplate(string before, int keyLength, params ReadOnlySpan<byte[]> after)
    {
        byte[] head = Encoding.ASCII.GetBytes(before);
        _keyAt = head.Length;
        _bytes = [.. head, .. new byte[keyLength], .. Join(after)];
        KeyLength = keyLength;
    }

    public int KeyLength { get; }

    public ReadOnlyMemory<byte> With(ReadOnlySpan<byte> key)
    {
        key.CopyTo(_bytes.AsSpan(_keyAt, KeyLength));
        return _bytes;
    }

    private static byte[] Join(ReadOnlySpan<byte[]> parts)
    {
        using var joined = new MemoryStream();
        foreach (byte[] part in parts)
            joined.Write(part);
        return joined.ToArray();
    }
}
