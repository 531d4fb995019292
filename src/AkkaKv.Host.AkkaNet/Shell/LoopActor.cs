using Akka.Actor;
using AkkaKv.Storage;

namespace AkkaKv.Host.AkkaNet.Shell;

/// <summary>Ends a loop's turns and takes what its store has done, on the loop's thread.</summary>
internal sealed class LoopActor(LoopTurn loop) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (loop.World.HasStopped)
            return;
        try
        {
            switch (message)
            {
                case TurnEnd: loop.End(); break;
                case StoreCompletion completion: loop.Complete(completion); break;
                default: Unhandled(message); break;
            }
        }
#pragma warning disable CA1031 // Nothing is swallowed: the node stops and says why.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            loop.World.Failed(new NodeFailure(cause, null, null));
        }
    }
}
