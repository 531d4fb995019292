using System.Buffers;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Wire.Codec;

/// <summary>
/// Which connection between two nodes carries a message. Each class has its own, so that a heartbeat never waits behind
/// data, and small data never behind a transfer. The numbers travel in the handshake.
/// </summary>
public enum MessageClass : byte
{
    /// <summary>Who is alive and who owns what: small, rare, urgent.</summary>
    Control = 0,

    /// <summary>Requests and their replies.</summary>
    Data = 1,

    /// <summary>Large objects and transfers.</summary>
    Bulk = 2,
}

/// <summary>A message as it arrived: the role and number at this node that it is for.</summary>
public readonly record struct Received(ActorRole Role, ulong Number, Message Message);

/// <summary>Turns messages into frame bodies and back. Safe for several threads.</summary>
public interface IMessageCodec
{
    /// <summary>
    /// The connection for a message. Messages of one sender to one receiver keep their order within a class, so a class
    /// may only split what the protocol does not order.
    /// </summary>
    MessageClass ClassOf(Message message);

    /// <summary>The first version of the protocol that knows the message's kind: a peer that speaks an older one is not sent it.</summary>
    int VersionOf(Message message);

    /// <summary>Appends the body.</summary>
    /// <param name="sender">The encoding node: its name is left out of the addresses in the message.</param>
    /// <exception cref="InvariantException">The message is of a kind that never leaves its node.</exception>
    void Encode(NodeId sender, ActorRole role, ulong number, Message message, IBufferWriter<byte> output);

    /// <summary>Reads a body; what it returns does not refer to the bytes afterwards.</summary>
    /// <param name="sender">The node at the other end of the connection.</param>
    /// <returns>False when the kind is unknown: a newer version sent it.</returns>
    /// <exception cref="WireFormatException">The body is malformed.</exception>
    bool TryDecode(NodeId sender, ReadOnlySpan<byte> body, out Received received);

    /// <summary>
    /// Why a decoded message must be dropped rather than delivered: its receiver would have no use for it, and an actor
    /// stops its node over such a one. Null when it may be delivered.
    /// </summary>
    /// <param name="partitions">Of the receiving node's ring.</param>
    string? RefusalOf(in Received received, int partitions);
}
