using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.AkkaNet.Peers;

/// <summary>What goes from one node to another through Akka.Remote: bound to <see cref="Serialization.WireSerializer"/>.</summary>
internal interface IPeerMessage;

/// <summary>Messages of one class from one loop's turn, in the order of their sends.</summary>
/// <param name="From">Who sends; the connection must agree.</param>
/// <param name="Incarnation">Of the receiver's process, as it told: what is for an earlier one is nobody's.</param>
/// <param name="Messages">Each with the role and number at the receiver that it is for.</param>
/// <param name="UnknownKinds">On the side that receives: messages of a newer version, passed over.</param>
internal sealed record PeerBatch(NodeId From, ulong Incarnation, IReadOnlyList<Received> Messages, int UnknownKinds = 0) : IPeerMessage;

/// <summary>Opens the way to a peer, and is answered by <see cref="PeerHelloAnswer"/>.</summary>
/// <param name="Incarnation">Of the sender's process: drawn at each start.</param>
internal sealed record PeerHello(Hello Hello, ulong Incarnation) : IPeerMessage;

internal sealed record PeerHelloAnswer(HelloAnswer Answer, ulong Incarnation) : IPeerMessage;

/// <summary>Time to greet those who have not answered.</summary>
internal sealed class GreetTick : INoSerializationVerificationNeeded
{
    public static GreetTick Instance { get; } = new();
}
