using System.Security.Cryptography;
using AkkaKv.Api;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Versions;

/// <summary>
/// Turns version vectors into the tokens that clients carry, and back. A token is bound to its key and sealed: what a
/// client could otherwise forge, a vector that covers writes it never saw, would delete other people's values.
/// </summary>
/// <remarks>
/// Layout: format byte 1; the vector; 16 bytes of HMAC-SHA-256 over format, vector and key. The secret is the same on
/// all members. Without a configured secret it is derived from the cluster's name, which catches damage and mistakes,
/// not malice.
/// </remarks>
public sealed class ContextSeal(ReadOnlySpan<byte> secret)
{
    private const byte Format = 1;
    private const int SealBytes = 16;

    // Most keys have a few writers and a short name.
    private const int OnStackMax = 2048;

    private readonly byte[] _secret = SHA256.HashData(secret);

    /// <summary>The token of a vector for a key.</summary>
    public CausalContext Seal(StoreKey key, VersionVector vector)
    {
        var writer = new ByteWriter(1 + 2 + (vector.Newest.Length * 18) + SealBytes);
        writer.Byte(Format);
        SiblingSetCodec.WriteVector(ref writer, vector);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(key, writer.Written.Span, mac);
        writer.Bytes(mac[..SealBytes]);
        return new CausalContext(writer.Written);
    }

    /// <summary>Opens a token that was issued for this key; no token is the empty vector.</summary>
    /// <returns>False with a sentence for a person when it was not.</returns>
    public bool TryOpen(StoreKey key, CausalContext? context, out VersionVector vector, out string fault)
    {
        vector = VersionVector.Empty;
        fault = "";
        if (context is null)
            return true;
        ReadOnlyMemory<byte> token = context.Token;
        if (token.Length is < 2 + SealBytes or > CausalContext.TokenBytesMax)
        {
            fault = $"A context has {2 + SealBytes} to {CausalContext.TokenBytesMax} bytes; this one has {token.Length}. "
                + "Send back the context of your last read of this key, unchanged.";
            return false;
        }

        ReadOnlyMemory<byte> body = token[..^SealBytes];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(key, body.Span, mac);
        var reader = new ByteReader(body);
        bool sealedByUs = CryptographicOperations.FixedTimeEquals(mac[..SealBytes], token.Span[^SealBytes..]);
        if (sealedByUs && reader.Byte() == Format && SiblingSetCodec.TryReadVector(ref reader, out vector) && reader.IsComplete)
            return true;
        vector = VersionVector.Empty;
        fault = "A context must be one that this cluster issued for this very key; this one was changed, made up, or belongs to "
            + "another key. Read the key again and send back the context of that answer, unchanged.";
        return false;
    }

    private void Sign(StoreKey key, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        int length = body.Length + key.Bytes.Length;
        Span<byte> signed = length <= OnStackMax ? stackalloc byte[OnStackMax] : new byte[length];
        body.CopyTo(signed);
        key.Bytes.Span.CopyTo(signed[body.Length..]);
        HMACSHA256.HashData(_secret, signed[..length], mac);
    }
}
