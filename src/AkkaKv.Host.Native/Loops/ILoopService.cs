using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Native.Loops;

/// <summary>
/// Something that is not an actor behind an actor's address: the store at <see cref="ActorRole.Store"/>. Each loop has
/// its own, and every method is called on the loop's thread only.
/// </summary>
public interface ILoopService
{
    /// <summary>A message of an actor of this loop, in the order of the sends.</summary>
    void Deliver(Message message);

    /// <summary>What another thread posted through <see cref="LoopPort.PostCompletion"/>.</summary>
    void Complete(object completion);

    /// <summary>Once per turn, after its handlers: whatever the turn gathered goes out as one batch.</summary>
    void EndTurn();
}

/// <summary>What a loop gives to its service.</summary>
/// <param name="Loop">The loop's number, from 0.</param>
/// <param name="Send">Sends as if from an actor of the loop; only on the loop's thread.</param>
/// <param name="PostCompletion">
/// Hands an object to <see cref="ILoopService.Complete"/>; from any thread. Never refused by the inbox bound, for what
/// completes was bounded when it started; ignored once the loop has stopped.
/// </param>
public sealed record LoopPort(int Loop, Action<Address, Message> Send, Action<object> PostCompletion);
