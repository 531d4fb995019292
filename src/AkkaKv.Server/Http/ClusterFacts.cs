using System.Security.Cryptography;

namespace AkkaKv.Server.Http;

/// <summary>What must be the same on every member, by which a node that wants to join is judged.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="SecretFingerprint">Of the secret that seals the context tokens: see <see cref="FingerprintOf"/>.</param>
/// <param name="ProtocolMin">The oldest version of the peer protocol that this node speaks.</param>
/// <param name="ProtocolMax">The newest.</param>
public sealed record ClusterFacts(string Name, string SecretFingerprint, int ProtocolMin, int ProtocolMax)
{
    /// <summary>Tells two secrets apart, and nothing of either: 16 hexadecimal digits.</summary>
    public static string FingerprintOf(ReadOnlySpan<byte> secret)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData("akkakv context secret"u8, SHA256.HashData(secret), digest);
        return Convert.ToHexStringLower(digest[..8]);
    }
}
