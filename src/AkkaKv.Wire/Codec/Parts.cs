using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace AkkaKv.Wire.Codec;

/// <summary>The parts that several messages share. Reading trusts nothing: each field has its bound.</summary>
internal static class Parts
{
    /// <summary>Longest name of a node.</summary>
    private const int NodeCharsMax = 255;

    /// <summary>Wraps without a copy: messages are immutable, and the body is written before the call returns.</summary>
    public static ByteString Opaque(ReadOnlyMemory<byte> bytes) => UnsafeByteOperations.UnsafeWrap(bytes);

    public static V1.Address ToProto(Address address, NodeId sender) => new()
    {
        Node = address.Node == sender ? "" : address.Node.Name,
        Role = (uint)address.Role,
        Number = address.Number,
    };

    public static Address FromProto(V1.Address? address, NodeId sender)
    {
        Require(address is not null, "a request carries the address for its reply", "none");
        NodeId node = address.Node.Length == 0 ? sender : new NodeId(NodeNameOf(address.Node));
        return new Address(node, RoleOf(address.Role), address.Number);
    }

    public static string NodeNameOf(string name) => TextOf(name, NodeCharsMax, "a node's name has at most 255 characters");

    // Roles of a newer version pass: the host drops a message to an address that it does not have.
    public static ActorRole RoleOf(uint role)
    {
        Require(role is > 0 and <= byte.MaxValue, "a role is 1 to 255", role);
        return (ActorRole)role;
    }

    public static StoreKey KeyOf(ByteString bytes)
    {
        bool isKey = StoreKey.TryRead(bytes.Memory, out StoreKey? key);
        Require(isKey && key is not null, "a key has a bucket of 1 to 64 and a name of 1 to 1024 bytes; total bytes", bytes.Length);
        return key;
    }

    public static void AddVector(VersionVector vector, RepeatedField<V1.Dot> output)
    {
        foreach (Dot dot in vector.Newest)
            output.Add(new V1.Dot { Actor = dot.Actor, Counter = dot.Counter });
    }

    public static VersionVector VectorOf(RepeatedField<V1.Dot> dots)
    {
        Require(dots.Count <= VersionVector.ActorsMax, "a version vector has at most 1024 actors", dots.Count);
        var newest = new Dot[dots.Count];
        for (int i = 0; i < newest.Length; i++)
        {
            newest[i] = new Dot(dots[i].Actor, dots[i].Counter);
            Require(newest[i].Counter > 0, "a counter starts at 1", newest[i]);
            Require(i == 0 || newest[i - 1].Actor < newest[i].Actor, "the actors of a vector strictly increase", newest[i]);
        }

        return VersionVector.Of(newest);
    }

    public static long EpochOf(long epoch)
    {
        Require(epoch >= 0, "the epoch of a ring is 0 or more", epoch);
        return epoch;
    }

    public static int IntOf(uint number, int min, int max, string what)
    {
        Require(number >= (uint)min && number <= (uint)max, what, number);
        return (int)number;
    }

    public static string TextOf(string text, int charsMax, string what)
    {
        Require(text.Length <= charsMax, what, text.Length);
        return text;
    }

    public static void Require<TFact>([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool condition, string rule, TFact found)
    {
        if (!condition)
            throw new WireFormatException($"A message from a peer is malformed: {rule}; found {found}.");
    }
}
