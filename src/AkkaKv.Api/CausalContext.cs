using System.Buffers.Text;

namespace AkkaKv.Api;

/// <summary>
/// What a reader has seen of one key, as an opaque token: given back with the next write of the same key, it says
/// which values that write replaces. A write without it is concurrent with everything.
/// </summary>
/// <remarks>
/// The bytes are sealed by the cluster (bound to the key, with a message authentication code): a token that was
/// changed, made up, or taken from another key is refused with <see cref="KvErrorCode.InvalidContext"/>.
/// Source: dotted version vectors, Preguiça et al. 2010; the "context" of Dynamo (DeCandia et al. 2007, section 4.3).
/// </remarks>
public sealed record CausalContext(ReadOnlyMemory<byte> Token)
{
    /// <summary>
    /// The largest number of bytes that a token may have; a longer one is refused before it is looked into. It holds the
    /// longest version vector that there may be, 1,024 writers with 18 bytes each. With three writers it has about 60.
    /// </summary>
    public const int TokenBytesMax = 18_451;

    /// <summary>Reads the text form (base64url, no padding).</summary>
    /// <returns>False when the text is empty, too long, or not base64url.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out CausalContext? context)
    {
        context = null;
        if (text.IsEmpty || text.Length > Base64Url.GetEncodedLength(TokenBytesMax) || !Base64Url.IsValid(text))
            return false;
        context = new CausalContext(Base64Url.DecodeFromChars(text));
        return true;
    }

    /// <summary>True when both hold the same bytes.</summary>
    public bool Equals(CausalContext? other) => other is not null && Token.Span.SequenceEqual(other.Token.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Token.Span);
        return hash.ToHashCode();
    }

    /// <summary>The text form: base64url, no padding.</summary>
    public override string ToString() => Base64Url.EncodeToString(Token.Span);
}
