package podautoscaler

// Compiled into Kubernetes' package podautoscaler (go build -overlay), so that cases.go can ask for what is not exported.

import (
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
)

// Past is a number of replicas, and how many seconds ago it was recommended or changed.
type Past struct {
	Age      float64 `json:"age"`
	Replicas int32   `json:"replicas"`
}

// NewTolerances are tolerances as a controller has them.
func NewTolerances(up, down float64) Tolerances {
	return Tolerances{scaleUp: up, scaleDown: down}
}

// Normalise is what a controller with such a past makes of a recommendation.
func Normalise(behavior *autoscalingv2.HorizontalPodAutoscalerBehavior, recommended, added, removed []Past, current, desired, least, most int32) int32 {
	const key = "cases"
	now := time.Now()
	controller := &HorizontalController{
		recommendations: map[string][]timestampedRecommendation{},
		scaleUpEvents:   map[string][]timestampedScaleEvent{key: events(added, now)},
		scaleDownEvents: map[string][]timestampedScaleEvent{key: events(removed, now)},
	}
	for _, past := range recommended {
		controller.recommendations[key] = append(controller.recommendations[key], timestampedRecommendation{past.Replicas, at(past, now)})
	}
	hpa := &autoscalingv2.HorizontalPodAutoscaler{
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{MinReplicas: &least, MaxReplicas: most, Behavior: behavior},
	}
	return controller.normalizeDesiredReplicasWithBehaviors(hpa, key, current, desired, least)
}

func events(pasts []Past, now time.Time) []timestampedScaleEvent {
	var found []timestampedScaleEvent
	for _, past := range pasts {
		found = append(found, timestampedScaleEvent{past.Replicas, at(past, now), false})
	}
	return found
}

func at(past Past, now time.Time) time.Time {
	return now.Add(-time.Duration(past.Age * float64(time.Second)))
}
